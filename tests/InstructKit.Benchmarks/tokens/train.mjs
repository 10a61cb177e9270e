// Writes the small tokenizer.json files of the tests (Golden/tokens): a byte-level BPE trained on a text, with the shapes that published files have, and a WordPiece.
// usage: node train.mjs TEXT OUT_FOLDER
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [source, folder] = process.argv.slice(2);
const merges = 700;
const printable = [...Array(256).keys()].filter((b) => (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || b >= 0xae);
const letters = Array(256);
let next = 0x100;
for (let b = 0; b < 256; b++) letters[b] = String.fromCharCode(printable.includes(b) ? b : next++);
const byteLevel = (text) => [...Buffer.from(text)].map((b) => letters[b]);

const extra = "don't can't we've I'm naïve café ÜBER Straße 12345 2026 привет мир как дела 你好世界 مرحبا नमस्ते สวัสดี 😀😀👍🏽  \n\n\t\t    x = y;\n        return 0;\n".repeat(30);
const text = readFileSync(source, "utf8") + extra;
const words = new Map();
for (const piece of text.match(/'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu)) words.set(piece, (words.get(piece) ?? 0) + 1);
let corpus = [...words].map(([piece, count]) => [byteLevel(piece), count]);
const vocab = letters.slice().sort();
const pairs = [];
while (pairs.length < merges) {
  const counts = new Map();
  for (const [parts, count] of corpus) {
    for (let i = 0; i + 1 < parts.length; i++) {
      const key = parts[i] + " " + parts[i + 1];
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  const [best] = [...counts].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a));
  const [left, right] = best.split(" ");
  pairs.push([left, right]);
  vocab.push(left + right);
  corpus = corpus.map(([parts, count]) => {
    const merged = [];
    for (const part of parts) {
      if (part === right && merged.at(-1) === left && !merged.sealed) { merged[merged.length - 1] = left + right; merged.sealed = true; }
      else { merged.push(part); merged.sealed = false; }
    }
    return [[...merged], count];
  });
}
const unique = [...new Set(vocab)];
const ids = Object.fromEntries(unique.map((token, i) => [token, i]));
const added = (content, id) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true });
const bpe = (ignore_merges, shape) => ({ type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, ignore_merges, ...shape });
const split = (Regex) => ({
  type: "Sequence",
  pretokenizers: [{ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false }, { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false }],
});
const cased = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
const small = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const tail = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const write = (name, value) => writeFileSync(join(folder, name), JSON.stringify({ version: "1.0", truncation: null, padding: null, ...value }) + "\n");

write("gpt2-like.json", {
  added_tokens: [added("<|endoftext|>", unique.length)], normalizer: null, pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null, decoder: { type: "ByteLevel" }, model: bpe(false, { vocab: ids, merges: pairs.map((pair) => pair.join(" ")) }),
});
write("qwen-like.json", {
  added_tokens: [added("<|im_start|>", unique.length)], normalizer: { type: "NFC" },
  pre_tokenizer: split("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),
  post_processor: null, decoder: { type: "ByteLevel" }, model: bpe(false, { vocab: ids, merges: pairs }),
});
// Half of the merges are missing, so that whole pieces are found that merging would not make.
const even = pairs.filter(([left, right], i) => i % 2 === 0 || left.length + right.length < 4);
write("nemo-like.json", {
  added_tokens: [added("[INST]", unique.length)], normalizer: null,
  pre_tokenizer: split(`[^\\r\\n\\p{L}\\p{N}]?${cased}*${small}+|[^\\r\\n\\p{L}\\p{N}]?${cased}+${small}*|\\p{N}${tail}`),
  post_processor: null, decoder: { type: "ByteLevel" }, model: bpe(true, { vocab: ids, merges: even }),
});

const common = [...new Set(text.toLowerCase().match(/[a-z]+/g))].sort().filter((word) => word.length < 7).slice(0, 700);
const pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ..."abcdefghijklmnopqrstuvwxyz0123456789.,;:!?()'\"-_/你好世мирпет😀".match(/./gu)];
for (const piece of [...pieces.slice(4)].filter((one) => /[\p{L}\p{N}]/u.test(one))) pieces.push("##" + piece);
pieces.push(...common, "##ing", "##ed", "##s", "##er", "привет", "##вет");
const wordPieces = Object.fromEntries([...new Set(pieces)].map((token, i) => [token, i]));
for (const lowercase of [true, false]) {
  write(lowercase ? "bert-uncased-like.json" : "bert-cased-like.json", {
    added_tokens: [added("[UNK]", 1), added("[CLS]", 2)],
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase }, pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: null, decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: { type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100, vocab: wordPieces },
  });
}
