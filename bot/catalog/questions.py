"""A question to discuss about a resource that has none of its own.

It knows the kind and the title and nothing else, so it asks only what can be asked of anything of that kind.
"""

from __future__ import annotations

from hashlib import sha256

from bot.catalog.model import Resource

_ANY = (
    "What did you take from “{}” that you didn't know before?",
    "What is still unclear to you after “{}”?",
    "Who should look at “{}”, and what should they know first?",
    "Where do you disagree with “{}”, or where would you ask for more?",
)
_READ = (
    "What is the main point of “{}”, in two sentences of your own?",
    "Which passage of “{}” would you quote to someone else, and why that one?",
)
_WATCHED = (
    "Which part of “{}” would you show someone with only ten minutes?",
    "What does “{}” explain well, and what would you explain differently?",
)
_USED = (
    "What would you use “{}” for, and what would keep you from it?",
    "What did you try with “{}”, and what happened?",
)
_BY_KIND: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("article", "blog", "playbook", "thread"), _READ),
    **dict.fromkeys(("video", "talk", "lecture"), _WATCHED),
    **dict.fromkeys(("repository", "library", "tool"), _USED),
    "paper": (
        "What does “{}” set out to show, and how convincing is its evidence?",
        "Which claim in “{}” would you like to see tested again, and how?",
    ),
    "book": ("Which idea from “{}” would you pass on first, and who to?", *_READ),
    "course": (
        "What do you want to be able to do after “{}”?",
        "Which part of “{}” has been worth the most to you so far?",
    ),
    "dataset": ("What can be learned from “{}”, and what can't?", "Who or what might be missing in “{}”?"),
    "podcast": ("What did you hear in “{}” that you would like to look up?",),
    "slides": ("What do you need to know to follow “{}” without a speaker?", *_READ[:1]),
    "documentation": ("What were you looking for in “{}”, and did you find it?",),
    "tutorial": ("At which step of “{}” did you have to think the most?", *_USED[1:]),
    "notebook": ("What would you change in “{}” to see what happens?", *_USED[1:]),
}


def default_question(resource: Resource, round_: int = 0) -> str:
    """A question for a weekly post about a resource without prompts.

    The same resource and round (0, 1, …; any whole number) always get the same one, the next round another. At most 400
    characters, so that it fits wherever a prompt does.
    """
    questions = (*_BY_KIND.get(resource.kind, ()), *_ANY)
    first = int.from_bytes(sha256(resource.id.encode()).digest()[:4], "big")
    return questions[(first + round_) % len(questions)].format(resource.title)
