"""A small search engine over a catalog: `SearchIndex(catalog).search("kv cache").hits[0].resource.title`.

text, language         words and terms; how people ask, language by language
vocabulary, phrases    what a typed word may stand for; names of several words, and initials
scoring                the inverted index and its scores
corpus                 a catalog made ready to be searched, of all these
query -> searcher      one search
answer, autocomplete   why each hit was found; what to offer while somebody types
index                  the class that others use
"""

from bot.search.answer import Answer, Hit, Reason, Related
from bot.search.index import SearchIndex

__all__ = ["Answer", "Hit", "Reason", "Related", "SearchIndex"]
