// sums.mjs TABLES PLAIN — every TABLES/NAME.{parquet,csv,jsonl} as DuckDB reads it: the three hold the same rows, and
// their figures are those of PLAIN (plain.py). Exit code 1 with a line for each thing that differs.
import { DuckDBInstance } from "@duckdb/node-api";
import { readFileSync } from "node:fs";

const [tables, plainFile] = process.argv.slice(2);
const plain = JSON.parse(readFileSync(plainFile, "utf8"));
const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
const connection = await instance.connect();
const rows = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
const quoted = (name) => `"${name}"`;

let faults = 0;
const expect = (what, got, wanted) => {
  if (got === wanted) return;
  console.error(`${what}: ${got}, expected ${wanted}`);
  faults++;
};

const TYPES = {
  time: "TIMESTAMP WITH TIME ZONE", start: "TIMESTAMP WITH TIME ZONE", end: "TIMESTAMP WITH TIME ZONE",
  run_ns: "BIGINT", id: "BIGINT", strap_id: "BIGINT", gap_before: "BOOLEAN",
  utc_offset_s: "INTEGER", steps: "INTEGER", bends: "INTEGER", shifts: "INTEGER",
  kind: "VARCHAR", reason: "VARCHAR", type: "VARCHAR", title: "VARCHAR", what: "VARCHAR", flags: "VARCHAR",
  state: "VARCHAR",
};
const typeOf = (table, name) =>
  name.endsWith("_counts") ? "SMALLINT" : table === "entries" && name === "value" ? "INTEGER" : TYPES[name] ?? "FLOAT";

// What is summed and compared of a column: whole numbers but for floats, text by its length.
const measure = (name, type) =>
  type.startsWith("TIMESTAMP") ? `epoch_us(${quoted(name)})`
    : type === "BOOLEAN" ? `${quoted(name)}::INT`
      : type === "FLOAT" ? `${quoted(name)}::DOUBLE` : quoted(name);

async function figures(source, columns) {
  const list = columns.flatMap(({ name, type }, i) => {
    const v = measure(name, type);
    return [`count(${v}) AS there${i}`, `count(*) - count(${v}) AS nulls${i}`, `min(${v}) AS least${i}`,
      `max(${v}) AS most${i}`, `sum(${type === "VARCHAR" ? `length(${v})` : v}) AS sum${i}`];
  });
  return (await rows(`SELECT ${list.join(", ")} FROM ${source}`))[0];
}

function compare(what, type, told, got, i) {
  const whole = (v) => (v === null || v === undefined ? "none" : String(v));
  expect(`${what}: values`, Number(got[`there${i}`]), told.there);
  expect(`${what}: nulls`, Number(got[`nulls${i}`]), told.nulls);
  for (const k of ["least", "most"])
    if (type === "FLOAT" && told.there > 0) expect(`${what}: ${k}`, got[k + i], Math.fround(Number(told[k])));
    else expect(`${what}: ${k}`, whole(got[k + i]), whole(told[k]));
  if (type !== "FLOAT" || told.there === 0) expect(`${what}: sum`, whole(got[`sum${i}`]), whole(told.sum));
  // The order of adding may differ: what rounding can do to that many numbers of that size, and no more.
  else if (!(Math.abs(got[`sum${i}`] - Number(told.sum)) <= 2 ** -52 * told.there * (told.size ?? Number(told.sum))))
    expect(`${what}: sum`, got[`sum${i}`], told.sum);
}

let cells = 0;
for (const table of Object.keys(plain)) {
  const file = (end) => `'${tables}/${table}.${end}'`;
  const columns = (await rows(`DESCRIBE SELECT * FROM read_parquet(${file("parquet")})`))
    .map((c) => ({ name: c.column_name, type: c.column_type }));
  expect(`${table}: columns`, columns.map((c) => c.name).join(), Object.keys(plain[table]).join());
  for (const c of columns) expect(`${table}.${c.name}: type`, c.type, typeOf(table, c.name));
  const types = `{${columns.map((c) => `'${c.name}': '${c.type}'`).join(", ")}}`;
  const sources = {
    parquet: `read_parquet(${file("parquet")})`,
    csv: `read_csv(${file("csv")}, columns = ${types}, header = true, delim = ',', quote = '"', escape = '"')`,
    jsonl: `read_json(${file("jsonl")}, columns = ${types}, format = 'newline_delimited')`,
  };
  for (const [format, source] of Object.entries(sources)) {
    const got = await figures(source, columns);
    columns.forEach(({ name, type }, i) => compare(`${table}.${name} as ${format}`, type, plain[table][name], got, i));
    cells += columns.length * Number(got.there0);
    if (format === "parquet") continue;
    const [{ n }] = await rows(`SELECT count(*) AS n FROM ((FROM ${source} EXCEPT ALL FROM ${sources.parquet})
      UNION ALL (FROM ${sources.parquet} EXCEPT ALL FROM ${source}))`);
    expect(`${table} as ${format}: rows that Parquet has not, or has alone`, Number(n), 0);
  }
}

const samples = `read_parquet('${tables}/samples.parquet')`;
const groups = async (table) =>
  Number((await rows(`SELECT num_row_groups AS n FROM parquet_file_metadata('${tables}/${table}.parquet')`))[0].n);
expect("samples: more than one row group", (await groups("samples")) > 1, true);
expect("none: row groups", await groups("none"), 0);
// A filter that the row groups' bounds decide, and one that needs every row.
const second = `>= (SELECT max(run_ns) - 1000000000 FROM ${samples})`;
const [{ by_bounds, by_rows }] = await rows(`SELECT (SELECT count(*) FROM ${samples} WHERE run_ns ${second}) AS by_bounds,
  (SELECT count(*) FROM ${samples} WHERE run_ns + 0 ${second}) AS by_rows`);
expect("the last second's samples", Number(by_bounds), Number(by_rows));

const [{ v }] = await rows("SELECT version() AS v");
console.log(`${Object.keys(plain).length} tables, ${cells} cells read by DuckDB ${v}, ${faults} faults`);
process.exit(faults ? 1 : 0);
