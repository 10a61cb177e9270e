// Peer: JSON.parse with a Jinja engine of Node, compiled once. node_peer.mjs build|render huggingface|minijinja INPUT OUTPUT TEMPLATES.json
import { createRequire } from "node:module";
import { createReadStream, openSync, readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

const [job, engine, input, output, templates] = process.argv.slice(2);
const require = createRequire(process.env.BENCH_NODE_MODULES + "/x.js");
const texts = JSON.parse(readFileSync(templates, "utf8"));
let renderers;
if (engine === "huggingface") {
  const { Template } = require("@huggingface/jinja");
  renderers = texts.map((text) => { const template = new Template(text); return (row) => template.render(row); });
} else {
  const { Environment } = require("minijinja-js");
  const environment = new Environment();
  texts.forEach((text, i) => environment.addTemplate(`t${i}`, text));
  renderers = texts.map((_, i) => (row) => environment.renderTemplate(`t${i}`, row));
}
const byText = new Map(texts.map((text, i) => [text, renderers[i]]));
const out = openSync(output, "w");
let lines = [];
for await (const line of createInterface({ input: createReadStream(input, { highWaterMark: 1 << 20 }), crlfDelay: Infinity })) {
  const row = JSON.parse(line);
  if (job === "build") {
    const n = row.idx % texts.length;
    lines.push(JSON.stringify({ input: renderers[n](row), target: row.label, task: "bench_rte", template: `t${n}` }));
  } else {
    lines.push(JSON.stringify({ output: byText.get(row.template)(row.row) }));
  }
  if (lines.length === 4096) {
    writeSync(out, lines.join("\n") + "\n");
    lines = [];
  }
}
if (lines.length) writeSync(out, lines.join("\n") + "\n");
