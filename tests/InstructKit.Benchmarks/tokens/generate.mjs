// Writes documents that tokenizers could disagree about, one {"kind", "text"} a line: texts of installed packages, code, scripts, emoji, controls, digits,
// long runs, texts that look like special tokens, random Unicode. The same seed, files and Node version give the same bytes.
// usage: node generate.mjs OUT.jsonl [--bytes 50000000] [--seed 1] [--nfc] [ROOT ...]      (roots of files to read; /usr/share when none is given)
import { openSync, readFileSync, readdirSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { bytes: { type: "string", default: "50000000" }, seed: { type: "string", default: "1" }, nfc: { type: "boolean", default: false } },
});
const [out, ...roots] = positionals;

// xorshift64*, so that the documents do not depend on the engine's own generator.
let state = BigInt.asUintN(64, BigInt(values.seed) * 0x9e3779b97f4a7c15n + 1n);
function random(limit) {
  state ^= state >> 12n;
  state = BigInt.asUintN(64, state ^ (state << 25n));
  state ^= state >> 27n;
  return Number((BigInt.asUintN(64, state * 0x2545f4914f6cdd1dn) >> 33n) % BigInt(limit));
}
const pick = (list) => list[random(list.length)];
const repeat = (count, make) => Array.from({ length: count }, make).join("");
const between = (low, high) => String.fromCodePoint(low + random(high - low + 1));

function files(root, found = []) {
  for (const entry of readdirSync(root, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(root, entry.name);
    if (entry.isDirectory()) files(path, found);
    else if (entry.isFile() && /\.(txt|md|html?|xml|json|js|mjs|ts|py|pl|pm|rb|c|h|hpp|cs|css|yaml|yml|po|mo|sh|vim|el|csv|tsv|properties|conf|svg|sgml|rst|tex)$|(README|NEWS|copyright|changelog)$|locales\//i.test(path) && statSync(path).size < 4e6) found.push(path);
  }
  return found;
}
const paths = (roots.length ? roots : ["/usr/share"]).flatMap((root) => files(root));
const strict = new TextDecoder("utf-8", { fatal: true });

// The translations of a gettext catalogue: many languages that no other file here has.
function catalogue(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [count, table] = [view.getUint32(8, true), view.getUint32(16, true)];
  let text = "";
  for (let i = 0; i < count; i++) {
    const [length, at] = [view.getUint32(table + 8 * i, true), view.getUint32(table + 8 * i + 4, true)];
    text += strict.decode(bytes.subarray(at, at + length)) + "\n";
  }
  return text;
}

const contents = new Map();
function fromFile() {
  for (;;) {
    const path = pick(paths);
    try {
      if (!contents.has(path)) {
        const bytes = readFileSync(path);
        if (contents.size > 400) contents.clear();
        contents.set(path, path.endsWith(".mo") ? catalogue(bytes) : strict.decode(bytes));
      }
      const text = contents.get(path);
      const start = random(Math.max(1, text.length - 200));
      const part = text.slice(start, start + 200 + random(4000)).toWellFormed();
      if (part.length > 0) return part;
    } catch {
      // Not UTF-8, or not a catalogue: another one.
    }
  }
}

const scripts = {
  latin: [[0x61, 0x7a], [0x41, 0x5a], [0xc0, 0x24f]], greek: [[0x391, 0x3c9], [0x386, 0x38a]], cyrillic: [[0x410, 0x44f], [0x400, 0x45f]], hebrew: [[0x5d0, 0x5ea], [0x5b0, 0x5bc]],
  arabic: [[0x627, 0x64a], [0x64b, 0x652], [0x660, 0x669]], hindi: [[0x904, 0x939], [0x93e, 0x94d], [0x966, 0x96f]], tamil: [[0xb85, 0xbb9], [0xbbe, 0xbcd]], thai: [[0xe01, 0xe3a], [0xe40, 0xe4e]],
  chinese: [[0x4e00, 0x9fa5], [0x3001, 0x3003], [0xff01, 0xff1f]], japanese: [[0x3041, 0x3096], [0x30a1, 0x30fa], [0x4e00, 0x5fff]], korean: [[0xac00, 0xd7a3]], ethiopic: [[0x1200, 0x1248]],
  mathematical: [[0x1d400, 0x1d454]], gothic: [[0x10330, 0x1034a]], ideographs: [[0x20000, 0x2a6df]],
};
const word = (ranges) => repeat(1 + random(9), () => between(...ranges[random(4) ? 0 : random(ranges.length)]));
const gap = () => pick([" ", " ", " ", " ", "  ", "\n", "\n\n", "\t", ", ", ". ", "-", "'", "'s ", "’", " \n", "\r\n", "\u00a0", "\u3000", "/"]);
const endings = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'RE", "'LL", "'x", "'ſ", "'"];
const emoji = () => pick(["😀", "👍🏽", "👨‍👩‍👧‍👦", "🇩🇪", "❤️", "🏳️‍🌈", "☃", "🫠", "1️⃣", between(0x1f300, 0x1faff), between(0x2600, 0x27bf)]);
const special = ["<|endoftext|>", "<|fim_prefix|>", "<|endofprompt|>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|eot_id|>", "<s>", "</s>", "[INST]", "<think>", "</tool_call>", "<|start_header_id|>", "[CLS]", "[MASK]"];
function scalar() {
  for (;;) {
    const value = random(pick([0x100, 0x3000, 0x10000, 0x20000, 0x110000]));
    if (value < 0xd800 || value > 0xdfff) return String.fromCodePoint(value);
  }
}

const kinds = {
  files: fromFile,
  scripts: () => { const ranges = scripts[pick(Object.keys(scripts))]; return repeat(20 + random(200), () => word(ranges) + gap()); },
  mixed: () => repeat(20 + random(150), () => word(scripts[pick(Object.keys(scripts))]) + gap()),
  english: () => repeat(30 + random(200), () => pick(["don", "We", "THEY", "it", "camelCase", "HTTPServer", "x", "I", "naïve", "snake_case", "Über"]) + pick(["", "", ...endings]) + gap()),
  emoji: () => repeat(20 + random(100), () => emoji() + pick(["", "", " ", "!", "a"])),
  controls: () => repeat(50 + random(200), () => pick([between(0, 0x1f), between(0x7f, 0xa0), between(0x2000, 0x206f), "\ufeff", "\u00ad", "a", "B", " ", "1"])),
  digits: () => repeat(10 + random(60), () => repeat(1 + random(30), () => pick("0123456789")) + pick([" ", ",", ".", "-", "", "²", "½", "٣", "Ⅷ", "x"])),
  punctuation: () => repeat(100 + random(400), () => between(0x21, pick([0x2f, 0x40, 0x7e])) + pick(["", "", "", " ", "\n", "a", "7"])),
  blanks: () => repeat(10 + random(60), () => repeat(1 + random(40), () => pick([" ", " ", " ", "\t", "\n", "\r", "\u00a0", "\u2003", "\u0085", "\u000b"])) + pick(["a", "1", "!", "", "é"])),
  runs: () => repeat(1 + random(3), () => pick(["a", " ", "\n", "=", "-", "0", "ab", "哈", "😀", "é", "A", "Aa", " a", "ก", "\t", "\u0301", "_", "/"]).repeat(50 + random(900)) + gap()),
  special: () => repeat(10 + random(60), () => pick(special) + pick(["", " ", "\n", "text", "assistant\n", "<", "|"])),
  code: () => repeat(10 + random(60), () => " ".repeat(random(20)) + pick(["if (x[i] != y->z) {", "return a+=b;", "}});", "# comment", "def f(self, *args):", "SELECT * FROM t WHERE x='y';", "<div class=\"a\">", "/* ... */", "0x1F 1e-9 1_000", "https://example.org/a?b=c&d=%20"]) + pick(["\n", "\r\n", "\n\n"])),
  random: () => repeat(50 + random(300), scalar),
};

const weights = Object.keys(kinds).flatMap((kind) => Array(kind === "files" ? 12 : kind === "scripts" ? 4 : 1).fill(kind));
const file = openSync(out, "w");
let [written, lines] = [0, []];
for (const limit = Number(values.bytes); written < limit;) {
  const kind = pick(weights);
  const made = kinds[kind]();
  const text = values.nfc ? made.normalize("NFC") : made;
  written += Buffer.byteLength(text);
  lines.push(JSON.stringify({ kind, text }));
  if (lines.length === 1000 || written >= limit) {
    writeSync(file, lines.join("\n") + "\n");
    lines = [];
  }
}
