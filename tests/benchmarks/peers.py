"""What people use instead, set up as its documents advise, over the same words."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import tantivy
from rapidfuzz import fuzz, process, utils

from bot.catalog import Catalog, Resource
from bot.search import SearchIndex
from bot.search.text import words

Search = Callable[[str], list[int]]
"""From a query to the numbers of at most five resources, the best first."""
FIVE = 5


def texts(catalog: Catalog) -> list[str]:
    """All the words of each resource: what our index has of it."""
    return [
        " ".join(_all_words(catalog, resource, group.title)) for group in catalog.groups for resource in group.resources
    ]


def _all_words(catalog: Catalog, resource: Resource, headings: str) -> list[str]:
    topics = [catalog.topics[slug] for slug in resource.topics]
    names = [name for topic in topics for name in (topic.name, *topic.aliases)]
    return [resource.title, headings, *names, *resource.aliases, *resource.authors, resource.summary, resource.kind]


def studybot(catalog: Catalog) -> Search:
    index = SearchIndex(catalog)
    numbers = {resource.id: number for number, resource in enumerate(catalog)}
    return lambda query: [numbers[hit.resource.id] for hit in index.search(query).hits]


def wratio(catalog: Catalog) -> Search:
    """RapidFuzz's WRatio over the titles, with a cutoff of 60, so that it can be silent at all."""
    titles = [resource.title for resource in catalog]

    def search(query: str) -> list[int]:
        found = process.extract(
            query, titles, scorer=fuzz.WRatio, processor=utils.default_process, limit=FIVE, score_cutoff=60
        )
        return [number for _, _, number in found]

    return search


def fts5(catalog: Catalog) -> Search:
    """SQLite's FTS5 with the trigram tokenizer and BM25; a query is its trigrams joined by OR."""
    return _fts5(catalog, "trigram", lambda word: [word[at : at + 3] for at in range(len(word) - 2)])


def porter(catalog: Catalog) -> Search:
    """The same with the Porter stemmer, and a query is its words joined by OR."""
    return _fts5(catalog, "porter", lambda word: [word])


def _fts5(catalog: Catalog, tokenizer: str, parts_of: Callable[[str], list[str]]) -> Search:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE VIRTUAL TABLE index_of_texts USING fts5(title, body, tokenize='{tokenizer}')")
    rows = [(resource.title, text) for resource, text in zip(catalog, texts(catalog), strict=True)]
    connection.executemany("INSERT INTO index_of_texts VALUES (?, ?)", rows)

    def search(query: str) -> list[int]:
        parts = dict.fromkeys(part for word in words(query) for part in parts_of(word))
        if not parts:
            return []
        match = " OR ".join(f'"{part}"' for part in parts)
        found = connection.execute(
            "SELECT rowid FROM index_of_texts WHERE index_of_texts MATCH ? ORDER BY bm25(index_of_texts, 4, 1) LIMIT 5",
            (match,),
        )
        return [row[0] - 1 for row in found]

    return search


def tantivy_fuzzy(catalog: Catalog) -> Search:
    """tantivy with a fuzzy term query of one edit for each word, joined by OR; the title counts four times."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", stored=True)
    builder.add_text_field("title", tokenizer_name="default")
    builder.add_text_field("body", tokenizer_name="default")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=100_000_000, num_threads=1)
    for number, (resource, text) in enumerate(zip(catalog, texts(catalog), strict=True)):
        writer.add_document(tantivy.Document(number=number, title=resource.title, body=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def clauses(said: Sequence[str]) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        found = []
        for word in said:
            for field, boost in (("title", 4.0), ("body", 1.0)):
                edits = 1 if len(word) >= 4 else 0
                query = tantivy.Query.fuzzy_term_query(schema, field, word, distance=edits, transposition_cost_one=True)
                found.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, boost)))
        return found

    def search(query: str) -> list[int]:
        said = words(query)
        if not said:
            return []
        hits = searcher.search(tantivy.Query.boolean_query(clauses(said)), FIVE).hits
        return [int(searcher.doc(address)["number"][0]) for _, address in hits]

    return search


def _in_node(engine: str, catalog: Catalog) -> Search:
    """An engine of peers.mjs, in a process of its own."""
    command = [str(shutil.which("node")), str(Path(__file__).with_name("peers.mjs"))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdin is not None
    assert process.stdout is not None
    requests, answers = process.stdin, process.stdout

    def ask(line: object) -> str:
        requests.write(f"{json.dumps(line)}\n")
        requests.flush()
        return answers.readline()

    documents = [
        {"title": resource.title, "headings": group.title, "summary": resource.summary}
        for group in catalog.groups
        for resource in group.resources
    ]
    ask({"engine": engine, "documents": documents})
    return lambda query: list(json.loads(ask(query)))


def node_peers() -> dict[str, Callable[[Catalog], Search]]:
    """Fuse.js and MiniSearch, where Node has them: `npm install --prefix tests/benchmarks fuse.js minisearch`."""
    if shutil.which("node") is None or not (Path(__file__).parent / "node_modules" / "fuse.js").is_dir():
        return {}
    return {"Fuse.js": partial(_in_node, "fuse"), "MiniSearch": partial(_in_node, "minisearch")}


PEERS: dict[str, Callable[[Catalog], Search]] = {
    "studybot": studybot,
    "RapidFuzz WRatio": wratio,
    "SQLite FTS5 trigram": fts5,
    "SQLite FTS5 porter": porter,
    "tantivy fuzzy": tantivy_fuzzy,
}
