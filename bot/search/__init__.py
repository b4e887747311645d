"""A small search engine over a catalog: `SearchIndex(catalog).search("kv cache").hits[0].resource.title`.

text                     words and terms; how people ask, language by language
vocabulary               the terms of a list, and what a typed word may stand for
corpus                   a catalog as posting lists
query -> ranking         one search
messages, autocomplete   what a message is about; completions for what is typed
answer, index            why each hit was found; the class that others use
constants                every number, each with the figure that chose it
"""

from bot.search.answer import Answer, Hit, Reason, Related
from bot.search.index import SearchIndex

__all__ = ["Answer", "Hit", "Reason", "Related", "SearchIndex"]
