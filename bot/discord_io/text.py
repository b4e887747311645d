"""The one place where text is cut to Discord's limits and made safe to show.

Limits: https://discord.com/developers/docs/components/reference and …/resources/message.
"""

from __future__ import annotations

import re
import unicodedata

import discord

from bot.catalog import Resource
from bot.characters import without_hidden
from bot.language import Language

CONTENT_LIMIT = 2000
"""Characters of a plain message."""
CARD_LIMIT = 4000
"""Characters of all text in a Components V2 message together; Discord refuses the whole message over it."""
LABEL_LIMIT = 80
"""Characters on a button."""
CHOICE_LIMIT = 100
"""Characters of an autocomplete choice, its value likewise."""
CUSTOM_ID_LIMIT = 100
"""Characters of a button's custom_id."""
VALUE_LIMIT = 100
"""Characters of the value of an option in a select."""
CHOICES_LIMIT = 25
"""Choices that one autocomplete may offer."""
ECHO_LIMIT = 100
"""Characters of a member's own words that a reply repeats: enough to recognise them, too few to flood a channel."""

TYPED_LIMIT = 1000
"""Characters of an option that are read. Discord takes 6,000, and folding those alone can take 30 ms; no title and no
question is as long as this."""
MESSAGE_LIMIT = 4000
"""Characters of a message that are read: what Discord lets a member write."""

BY_LINE_LIMIT = 120
"""Characters of kind and authors; longer names end in an ellipsis."""
LINKS_LIMIT = 300
"""Characters of a resource's further links, markup and all: three or four on the line below its title."""


def readable(text: str, limit: int) -> str:
    """The beginning of what a client sent, without characters that no database takes: halves of a pair, and NUL."""
    return text[:limit].encode(errors="replace").decode().replace("\0", "")


def fit(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis, in at most `limit` characters (limit of 1 or more)."""
    if len(text) <= limit:
        return text
    head, _, rest = text[:limit].rpartition(" ")
    # At the end of a word, unless that word is most of the text. A backslash must not escape the ellipsis.
    return (head if len(rest) < limit / 4 else text[: limit - 1]).rstrip(" ,;:\\") + "…"


_WHOLE_ADDRESS = re.compile(r"(https?://[^\s<>\[\]|`\\]*[^\s<>\[\]|`\\*~])", re.IGNORECASE)
_UNDERSCORE_IN_WORD = re.compile(r"(?<=[^\W_])\\_(?=[^\W_])")
"""Discord takes no underscore inside a word for emphasis."""
_SPECIAL = r"<(?=[@#:/ait])"
"""The beginning of a mention, of a link to a command or a part of the server (`<id:`), of an emoji or of a time."""


def escape(text: str) -> str:
    """Text shown literally: no markdown, mention or masked link takes effect, and an address stays whole."""
    pieces = enumerate(_WHOLE_ADDRESS.split(text))
    return discord.utils.escape_mentions("".join(one if number % 2 else _escaped(one) for number, one in pieces))


def _escaped(text: str) -> str:
    # Split at the brackets: discord.py escapes the first bracket of a link, and "[[x](y)" has two.
    pieces = (discord.utils.escape_markdown(piece, ignore_links=False) for piece in text.split("["))
    return re.sub(_SPECIAL, r"\\<", _UNDERSCORE_IN_WORD.sub("_", "\\[".join(pieces)))


# A scheme, or "www.", or a host that a path follows: what Discord may turn into a link or an invite. It ends where a
# quotation does, in any language.
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{0,20}:/[^\s”“»」]*|www\.[^\s”“»」]+|(?:[\w-]{1,63}\.){1,9}[a-z]{2,24}/[^\s”“»」]*", re.IGNORECASE
)


def defuse(text: str) -> str:
    """A stranger's text without what could mislead others in the bot's voice: "(link)" replaces each address, and
    invisible characters, such as those that change the direction of writing, are removed."""
    return _ADDRESS.sub("(link)", without_hidden(text))


def show(text: str, limit: int) -> str:
    """Text shown literally, escaped, in at most `limit` characters: escaping can double a text, so it is done first."""
    return fit(escape(text), limit)


def echo(text: str, limit: int = ECHO_LIMIT) -> str:
    """A member's own words, or their name, on one line: short, without addresses, and escaped."""
    return show(fit(" ".join(defuse(text[:TYPED_LIMIT]).split()), limit), 2 * limit)


_FORMATTING = (
    (re.compile(r"\*\*|\*(?=\S).*\*"), "*", "∗"),
    (re.compile(r"_.+_(?!\w)|__.+__"), "_", "ˍ"),
    (re.compile(r"~~.+~~"), "~", "∼"),
    (re.compile(r"\|\|.+\|\|"), "|", "∣"),
    (re.compile(r"`.+`"), "`", "ˋ"),
    (re.compile(_SPECIAL), "<", "‹"),
    (re.compile(r"\\(?![\w\s])"), "\\", "∖"),
)
"""Markdown that takes effect in a label, its character, and one that looks like it and has no effect."""
_PAIRED_BRACKETS = re.compile(r"(?:[^\[\]]|\[[^\[\]]*\](?!\())*")
"""Brackets that Discord takes for part of a label."""
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


def label(title: str) -> str:
    """A title as the label of a masked link. Discord shows a backslash there, so what would come to life is replaced
    with a character that looks the same. It makes no link of a label with an address."""
    text = _SCHEME.sub("", title)
    for alive, char, plain in _FORMATTING:
        if alive.search(text):
            text = text.replace(char, plain)
    if not _PAIRED_BRACKETS.fullmatch(text):
        text = text.replace("[", "［").replace("]", "］")
    return discord.utils.escape_mentions(text)


def name_of(user: discord.abc.User, language: Language) -> str:
    """A member's name, safe to show; of one that has nothing to see in it, the user name."""
    shown = echo(user.display_name)
    inked = any(unicodedata.category(char)[0] in "LNPS" and char != _BLANK for char in shown)
    return shown if inked else echo(user.name) or language.t("this member")


_BLANK = "\N{BRAILLE PATTERN BLANK}"


def link(title: str, url: str) -> str:
    """A masked link that shows the title literally; nothing in it or in the address can end the link early."""
    address = url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
    return f"[{label(title)}]({address})"


def further_links(resource: Resource) -> str:
    """`[pdf](https://…) · [code](https://…)`: a resource's further links, as many as fit; empty if it has none."""
    shown: list[str] = []
    for name, url in resource.links.items():
        if len(" · ".join((*shown, link(name, url)))) > LINKS_LIMIT:
            break
        shown.append(link(name, url))
    return " · ".join(shown)


_SENTENCE_END = re.compile(
    r"""(?P<mark>[.!?…]+)["'”’»)\]]*\s+(?![-–—·|/&+])(?=["'“‘«(\[]*(?P<next>\w*))   # a mark, a space, a word
      | [。！？]+[」』”）]*                                                            # or a mark alone""",
    re.VERBOSE,
)
_NEVER_LAST = frozenset(
    "approx ca capt cf col d.h dr e.g eg esp feat fr gen hon i.e ie incl lt mr mrs ms mt prof resp rev sen sgt st viz"
    " vs z.b"
    .split()
)  # fmt: skip
"""Abbreviations that more follows."""
_BEFORE_NUMBER = frozenset(
    "apr art aug ch chap dec eq eqs feb fig figs jan jul jun mar max min no nos nov nr oct p pp sec sect sep sept vol"
    " vols".split()
)
_SELDOM_LAST = re.compile(r"al|co|corp|ed|eds|inc|jr|ltd|sr|[^\W\d_]|(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}", re.IGNORECASE)
"""Abbreviations and initials ("J. Smith", "U.S. Army"): they end a sentence only where a word of _OPENING follows."""
_OPENING = frozenset(
    "a also an and but by covers for from great he how if in it its read see she that the these they this to we what"
    " why with you".split()
)
_ENUMERATOR = re.compile(
    r"(?:^|[.:;!?]\s+)\(?(?:(?:chapter|day|lecture|lesson|module|part|step|unit|week)\s+)?(?:\d{1,3}|[a-z])$",
    re.IGNORECASE,
)
"""A number or a letter that begins an item: "1. Read the paper", "Step 1. Read the paper"."""


def sentence(text: str) -> str:
    """The first sentence of a text, on one line."""
    text = " ".join(text.split())
    ends = (found.end() for found in _SENTENCE_END.finditer(text) if _ends_sentence(text, found))
    return text[: next(ends, len(text))].strip()


def _ends_sentence(text: str, found: re.Match[str]) -> bool:
    following = found["next"]
    if found["mark"] is None:
        return True
    if following is None or following[:1].islower():
        return False
    if found["mark"] != ".":
        return True
    before = text[: found.start()]
    word = before.rpartition(" ")[2].lstrip("([\"'“‘«").casefold()
    if word in _NEVER_LAST or _ENUMERATOR.search(before) or (word in _BEFORE_NUMBER and following[:1].isdigit()):
        return False
    return following.casefold() in _OPENING or not _SELDOM_LAST.fullmatch(word)


def first_sentence(text: str, limit: int) -> str:
    """The first sentence of a summary, escaped, cut to the limit if it is longer."""
    return show(sentence(text), limit)


def by_line(resource: Resource, language: Language, *more: str | None) -> str:
    """`paper · Ashish Vaswani and others`: what a resource is and by whom, two names at most, then `more` facts."""
    kind, authors = resource.kind, resource.authors
    names = language.both(authors) if len(authors) <= 2 else language.t("{name} and others", name=authors[0])
    known = show(" · ".join(filter(None, (kind, names))), BY_LINE_LIMIT)
    return " · ".join(filter(None, (known, *more)))
