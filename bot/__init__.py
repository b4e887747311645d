"""studybot: the chat front end of a curated learning index."""

__version__ = "0.1.0"
