// Fuse.js and MiniSearch for peers.py: reads {engine, documents} as the first line, then a query a line; answers each
// with the numbers of the five best documents. Set up as their documents advise: a threshold of 0.4, extended search
// off; prefixes and fuzziness of 0.2, the title boosted.
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { engine, documents } = JSON.parse((await lines.next()).value);
const keys = ["title", "headings", "summary"];

async function fuse() {
  const Fuse = (await import("fuse.js")).default;
  const weighted = [{ name: "title", weight: 2 }, { name: "headings", weight: 1 }, { name: "summary", weight: 1 }];
  const index = new Fuse(documents, { keys: weighted, threshold: 0.4, ignoreLocation: true });
  return (query) => index.search(query, { limit: 5 }).map((hit) => hit.refIndex);
}

async function minisearch() {
  const MiniSearch = (await import("minisearch")).default;
  const index = new MiniSearch({ fields: keys, searchOptions: { boost: { title: 2 }, prefix: true, fuzzy: 0.2 } });
  index.addAll(documents.map((document, id) => ({ id, ...document })));
  return (query) => index.search(query).slice(0, 5).map((hit) => hit.id);
}

const search = await { fuse, minisearch }[engine]();
process.stdout.write("ready\n");
for await (const line of lines) process.stdout.write(JSON.stringify(search(JSON.parse(line))) + "\n");
