// Peer: DuckDB SQL with string concatenation. duckdb_peer.mjs build THREADS INPUT OUTPUT TEMPLATES.json | duckdb_peer.mjs parquet THREADS INPUT OUTPUT
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [job, threads, input, output, templates] = process.argv.slice(2);
const require = createRequire(process.env.BENCH_NODE_MODULES + "/x.js");
const { DuckDBInstance } = require("@duckdb/node-api");
const instance = await DuckDBInstance.create(":memory:", { threads });
const connection = await instance.connect();
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const source = `read_json(${quoted(input)}, format='newline_delimited', columns={premise:'VARCHAR',hypothesis:'VARCHAR',label:'VARCHAR',idx:'BIGINT'})`;
if (job === "parquet") {
  await connection.run(`COPY (SELECT * FROM ${source}) TO ${quoted(output)} (FORMAT parquet, COMPRESSION snappy)`);
} else {
  const cases = JSON.parse(readFileSync(templates, "utf8")).map((text, i) => {
    const parts = text.split(/\{\{ (\w+) \}\}/).map((part, n) => (n & 1 ? part : quoted(part)));
    return `WHEN ${i} THEN ${parts.join(" || ")}`;
  });
  await connection.run(`COPY (SELECT CASE idx % ${cases.length} ${cases.join(" ")} END AS input, label AS target, 'bench_rte' AS task, 't' || (idx % ${cases.length}) AS template FROM ${source}) TO ${quoted(output)} (FORMAT json)`);
}
