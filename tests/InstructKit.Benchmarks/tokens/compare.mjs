// Holds the ids of `instructkit tokens --ids` against those of npm's tokenizers, document by document, and prints how many differ and where.
// usage: BENCH_NODE_MODULES=DIR/node_modules node compare.mjs DOCUMENTS.jsonl OURS.jsonl tiktoken:o200k_base|huggingface:FILE.json [--show 5]
//        node compare.mjs DOCUMENTS.jsonl --vectors OUT.jsonl NAME tiktoken:...|huggingface:...     writes {"tokenizer", "text", "ids"} lines
import { createRequire } from "node:module";
import { createReadStream, openSync, readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

const require = createRequire(process.env.BENCH_NODE_MODULES + "/x.js");
const words = process.argv.slice(2);
const show = words.includes("--show") ? Number(words.splice(words.indexOf("--show"), 2)[1]) : 5;
const [vectors, name] = words.includes("--vectors") ? words.splice(words.indexOf("--vectors"), 3).slice(1) : [];
const reference = words.at(-1);

async function open(reference) {
  const [library, what] = [reference.slice(0, reference.indexOf(":")), reference.slice(reference.indexOf(":") + 1)];
  if (library === "tiktoken") {
    const encoding = require("tiktoken").get_encoding(what);
    return (text) => encoding.encode_ordinary(text);
  }
  const { Tokenizer } = require("@huggingface/tokenizers");
  const file = JSON.parse(readFileSync(what, "utf8"));
  // No special tokens, neither found in the text nor added to it.
  const tokenizer = new Tokenizer({ ...file, added_tokens: [], post_processor: null, truncation: null, padding: null }, {});
  return (text) => tokenizer.encode(text, { add_special_tokens: false }).ids;
}

const lines = (path) => createInterface({ input: createReadStream(path, { highWaterMark: 1 << 20 }), crlfDelay: Infinity })[Symbol.asyncIterator]();
const encode = await open(reference);
const documents = lines(words[0]);
if (vectors) {
  const out = openSync(vectors, "a");
  for await (const line of documents) {
    const { text } = JSON.parse(line);
    writeSync(out, JSON.stringify({ tokenizer: name, text, ids: [...encode(text)] }) + "\n");
  }
} else {
  const ours = lines(words[1]);
  let [count, bytes, tokens, differing, refused] = [0, 0, 0, 0, 0];
  const byKind = {};
  for await (const line of documents) {
    const { kind, text } = JSON.parse(line);
    const answer = JSON.parse((await ours.next()).value);
    count++;
    bytes += Buffer.byteLength(text);
    if (answer.error) {
      refused++;
      byKind[`${kind} refused`] = (byKind[`${kind} refused`] ?? 0) + 1;
      if (refused === 1) console.log(answer.error.message);
      continue;
    }
    const expected = encode(text);
    tokens += expected.length;
    let at = 0;
    while (at < expected.length && expected[at] === answer.ids[at]) at++;
    if (at < expected.length || answer.ids.length !== expected.length) {
      byKind[kind] = (byKind[kind] ?? 0) + 1;
      if (differing++ < show) {
        // The shortest window of the text that differs says most about the cause.
        console.log(JSON.stringify({ document: count, kind, token: at, expected: [...expected.slice(at, at + 6)], found: answer.ids.slice(at, at + 6) }));
      }
    }
  }
  console.log(JSON.stringify({ reference, documents: count, bytes, tokens, differing, refused, byKind }));
}
