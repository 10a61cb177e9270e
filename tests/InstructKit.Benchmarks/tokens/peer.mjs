// Peer of `instructkit tokens`: counts the tokens of the field "text" of every line with npm's tiktoken or gpt-tokenizer, one {"tokens": n} a line.
// usage: BENCH_NODE_MODULES=DIR/node_modules node peer.mjs tiktoken|gpt-tokenizer ENCODING FILE.jsonl > lengths.jsonl
import { createRequire } from "node:module";
import { createReadStream, writeSync } from "node:fs";
import { createInterface } from "node:readline";

const [library, name, path] = process.argv.slice(2);
const require = createRequire(process.env.BENCH_NODE_MODULES + "/x.js");
let count;
if (library === "tiktoken") {
  const encoding = require("tiktoken").get_encoding(name);
  count = (text) => encoding.encode_ordinary(text).length;
} else {
  const { countTokens } = require(`gpt-tokenizer/encoding/${name}`);
  count = (text) => countTokens(text);
}
let lines = [];
for await (const line of createInterface({ input: createReadStream(path, { highWaterMark: 1 << 20 }), crlfDelay: Infinity })) {
  lines.push(`{"tokens": ${count(JSON.parse(line).text)}}`);
  if (lines.length === 4096) {
    writeSync(1, lines.join("\n") + "\n");
    lines = [];
  }
}
if (lines.length) writeSync(1, lines.join("\n") + "\n");
