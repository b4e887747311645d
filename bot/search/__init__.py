from bot.search.index import SearchIndex
from bot.search.answer import Answer, Hit, Reason, Related

__all__ = ["Answer", "Hit", "Reason", "Related", "SearchIndex"]
