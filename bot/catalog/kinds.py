"""The kinds of resources, and the words that people use for them."""

from __future__ import annotations

from collections.abc import Collection

KINDS = (
    "article", "blog", "book", "course", "dataset", "documentation", "lecture", "library", "notebook",
    "paper", "playbook", "podcast", "repository", "slides", "talk", "thread", "tool", "tutorial", "video", "website",
)  # fmt: skip
"""The usual kinds. A catalog may use another word; one that looks like a misspelling of these is a problem."""

_WATCHED = ("video", "talk", "lecture", "course", "webinar", "podcast")
_WRITTEN = ("article", "blog", "post", "essay", "tutorial", "thread", "newsletter", "playbook")
_FAMILIES: dict[str, tuple[str, ...]] = {
    "video": _WATCHED,
    "talk": ("talk", "lecture", "video"),
    "lecture": ("lecture", "talk", "course", "video"),
    "paper": ("paper", "preprint", "publication"),
    "article": _WRITTEN,
    "blog": _WRITTEN,
    "post": _WRITTEN,
    "blogpost": _WRITTEN,
    "essay": _WRITTEN,
    "book": ("book", "ebook", "playbook"),
    "playbook": ("playbook",),
    "course": ("course", "lecture"),
    "podcast": ("podcast",),
    "slide": ("slides",),
    "notebook": ("notebook",),
    "dataset": ("dataset",),
    "repo": ("repository", "library", "tool"),
    "repository": ("repository", "library", "tool"),
    "library": ("library", "repository"),
    "tool": ("tool", "library", "repository", "website"),
    "documentation": ("documentation",),
    "doc": ("documentation",),
}

KIND_WORDS = frozenset(kind for family in _FAMILIES.values() for kind in family) | _FAMILIES.keys()
"""Every word that names a kind in some catalog."""


def kinds_named(word: str, present: Collection[str]) -> frozenset[str]:
    """The kinds that a word stands for, among those present in a catalog; empty if it names none of them.

    A request for a video is also answered by a talk, one for an article also by a blog post.
    `word` is lower case; a plural stands for its singular.
    """
    singular = word[:-1] if word.endswith("s") and word not in present else word
    family = _FAMILIES.get(singular, (singular, word))
    return frozenset(family).intersection(present)
