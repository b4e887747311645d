"""What an answer offers beside its hits: related resources, a corrected query, topics to try instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nsmallest

from rapidfuzz import fuzz, process

from bot.catalog.model import Topic
from bot.search.answer import Related
from bot.search.corpus import Corpus, Neighbour
from bot.search.finding import Findings
from bot.search.query import Role

RELATED = 3
"""Most related resources: they are a hint, not a second answer."""
LEADING = 3
"""Hits that related resources are looked for by. At 1 the answer to a broad question has few."""
NEAREST = 5
"""Most topics to try instead."""
ALIKE = 60.0
"""The likeness (0 to 100) from which a topic's name counts as near to what was typed. At 0 every topic is near; at 100
only the topic itself."""

_STRANGER = Neighbour(-1, 0.0, ())


def related(corpus: Corpus, hits: Sequence[int]) -> tuple[Related, ...]:
    """The resources that share the most with one of the first hits; none of them is a hit."""
    best: dict[int, Neighbour] = {}
    for hit in hits[:LEADING]:
        for one in corpus.neighbours(hit):
            if one.document not in hits and one.strength > best.get(one.document, _STRANGER).strength:
                best[one.document] = one
    chosen = nsmallest(RELATED, best.values(), key=lambda one: (-one.strength, one.document))
    return tuple(
        Related(corpus.resources[one.document], tuple(corpus.topics[slug] for slug in one.topics)) for one in chosen
    )


def suggestion(findings: Findings, best: Sequence[int]) -> str | None:
    """What was probably meant, if it is not what was typed: slips corrected, unfinished words finished."""
    tokens = findings.query.tokens
    meant = [_meant(findings, place, best) for place in range(len(tokens))]
    if not best or all(reading is None for reading in meant):
        return None
    return " ".join(said or token.typed for token, said in zip(tokens, meant, strict=True))


def _meant(findings: Findings, place: int, best: Sequence[int]) -> str | None:
    """The slip or unfinished word at a place, as the best hit explains it."""
    token = findings.query.tokens[place]
    if token.role is not Role.CONTENT or not best:
        return None
    if token.known and findings.explained_by(place, token.readings[0], best[0]):
        return None
    wrong = [reading for reading in token.readings if reading.how in ("typo", "prefix")]
    said = (reading.surface for reading in wrong if findings.explained_by(place, reading, best[0]))
    owned = findings.evidence[place].owned if not token.readings else ()
    names = (one.text.lower() for one in owned if one.how == "typo" and best[0] in one.documents)
    return next(said, None) or next(names, None)


def nearest_topics(corpus: Corpus, findings: Findings) -> tuple[Topic, ...]:
    """Topics to try when nothing fits: those that share a word, those that look alike, the catalog's main ones."""
    ordered = dict.fromkeys((*_sharing_a_word(corpus, findings), *_alike(corpus, findings), *corpus.main_topics))
    return tuple(corpus.topics[slug] for slug in list(ordered)[:NEAREST])


def _sharing_a_word(corpus: Corpus, findings: Findings) -> Iterator[str]:
    for token in findings.query.tokens:
        for reading in token.readings if token.role is Role.CONTENT else ():
            for phrase in corpus.phrases.holding(reading.term):
                if (topic := corpus.owners[phrase.owner].topic) is not None:
                    yield topic.id


def _alike(corpus: Corpus, findings: Findings) -> list[str]:
    text = findings.query.spoken()
    names = {slug: corpus.topics[slug].name.casefold() for slug in corpus.main_topics}
    near = process.extract(text, names, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=NEAREST)
    return [slug for _, _, slug in near]
