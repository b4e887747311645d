"""A tiny search engine over a catalog: `SearchIndex(catalog).search("kv cache").hits[0].resource.title`.

text, stemming, segmentation, spelling   words and what people make of them
vocabulary, postings, phrases            what is looked up: words, documents, names of several words
fields, corpus                           a catalog made ready to be looked up in
query -> finding -> ranking -> reasons   one search
offers, autocomplete                     what is offered beside the hits, and while somebody types
index                                    the door to it all
"""

from bot.search.answer import Answer, Hit, Reason, Related
from bot.search.index import SearchIndex

__all__ = ["Answer", "Hit", "Reason", "Related", "SearchIndex"]
