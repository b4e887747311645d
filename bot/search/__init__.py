"""A small search engine over a catalog: `SearchIndex(catalog).search("kv cache").hits[0].resource.title`.

language, text, spelling, vocabulary   words, and what a typed one may stand for
postings, phrases, initials, corpus    what is looked up, made from a catalog
query -> searcher, scoring             one search
answer, explanation, autocomplete      what is shown of it, and while somebody types
index                                  the class that others use
"""

from bot.search.answer import Answer, Hit, Reason, Related
from bot.search.index import SearchIndex

__all__ = ["Answer", "Hit", "Reason", "Related", "SearchIndex"]
