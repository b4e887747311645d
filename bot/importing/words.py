"""The words of an index: what names a work and what is a mere label, in seven languages; kinds, years and authors.

A *label* says what a link leads to and not which one: "PDF", "[code]", "Запись", "论文". A *part* is one that needs its
work: "Part 2", "Week 1", "3". Neither can be a title.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from bot.characters import without_hidden

_LABELS = frozenset(
    """abs abstract acl acm amazon announcement annotated archived api archive article arxiv assignment audio bib bibtex
    bilibili blog blog-post blogpost book book's chapter checkpoint citation code colab course coursera cvf
    dataset demo detail discord discussion doc documentation doi ebook edx en epub exam example excerpt exercise
    experience facebook faq forum full-text gist git github gitlab goodreads handout hn home homepage homework
    html huggingface ieee implementation info interview issue itunes landing lab lecture link linkedin listen
    mailing material medium mirror mobi model more mooc mp3 newsletter nips neurips note notebook npm official online
    openreview org original overview page paper pdf permalink playlist play-list podcast post poster powerpoint practice
    ppt pptx pre-print preprint presentation preview proceeding project prototype ps pubmed purchase pypi quiz
    reading readme record recording reddit reference release repo report repository resource result review
    sample schedule scihub session sign-up site slack slide slideshare snapshot solution soundcloud source
    spotify spec springer stackoverflow store summary supp supplement supplemental supplementary syllabus talk
    test textbook thread trailer transcript tutorial tweet twitter url version video vimeo warmup web webpage website
    weight wiki wikipedia writeup write-up xml youtube zenodo zip folien hier skript vorlesung übung webseite
    aufgabe aufzeichnung artikel buch kurs quelle quellcode aquí aqui artículo código diapositiva enlace libro
    página sitio vídeo curso fuente grabación ici lien livre cours vidéo diapo diapositive exercice énoncé видео
    видеозапись вебинар задание задача запись здесь код конспект курс лекция лекции лекций книга материал
    материалы ноутбук перевод презентация разбор сайт семинар семинара скачать слайд слайды ссылка ссылки статья
    тест тут условие условия هنا رابط الرابط link's""".split()
)
"""Words, in the singular where that is one letter less, that say what a link leads to, and not which one."""
_FILLERS = frozenset(
    """a all an and as at author's authors by check click for free from full get github's go here in it its join listen
    play view visit watch download my new now of old on open our out part paywall read see that the these this
    to try up use via with your de der des die das du el et im la las le les los pour und zur zum на и в по к""".split()
)
_POINTING = frozenset(
    "check click download free go here it listen open our play read see that these this try view visit watch".split()
)
"""Fillers that are a label by themselves."""
_DEMONSTRATIVE = frozenset("another following my our that these this those your".split())
_LANGUAGES = frozenset(
    """arabic chinese dutch english french german hindi italian japanese korean persian polish portuguese russian
    spanish turkish ukrainian vietnamese deutsch englisch français anglais español inglés ingles italiano
    português polski nederlands türkçe svenska русский русская английский английская англ рус українська العربية
    فارسی עברית हिन्दी tiếng việt indonesia bahasa zh cn tw jp ja ko de fr es it pt ru uk tr pl ar fa br""".split()
)
_CJK_LABELS = re.compile(
    r"(?:中文|英文|日文|韩文|中文版|英文版|简体|繁體|繁体|日本語|한국어|英語|中国語|论文|論文|代码|源码|"
    r"原始碼|链接|連結|原文|地址|网址|官网|官方|"
    r"网站|主页|项目|页面|视频|影片|幻灯片|课件|讲义|文档|文章|书籍|书|课程|教程|博客|笔记|下载|数据集|数据|"
    r"解读|解析|讲解|"
    r"阅读|查看|点击|参见|参考|详见|见|参照|这里|此处|在线|作业|答案|录像|录播|豆瓣|知乎|译文|翻译|版|"
    r"リンク|こちら|ここ|資料|スライド|動画|記事|書籍|公式|サイト|解説|コード|ブログ|本文|ソース|講義|の|"
    r"링크|논문|코드|영상|여기)+"
)
_PART = re.compile(
    r"(?:(?:and\s|&\s)?(?:appendix|ch|chap|chapter|class|day|ep|episode|hw|homework|kapitel|lab|lec|lecture|"
    r"lektion|lesson"
    r"|leçon|module|no|page|part|parte|partie|pt|section|semana|semaine|session|step|teil|unit|video|vol|volume|week"
    r"|woche|assignment|exercise|capítulo|chapitre|cours|урок|глава|лекция|неделя|семинар|часть)s?"
    r"[\s._:#-]*)?\d{1,4}(?:[./-]\d{1,4})*[a-z]?|(?:chapter|part|volume|week|lecture)s?\s(?:[ivx]{1,4}|one|"
    r"two|three|four|five)|第?[0-9一二三四五六七八九十]+[章节節課课讲講周週部回集]",
    re.IGNORECASE,
)
_PART_FIRST = re.compile(r"(?:part|chapter|lesson|teil|partie|parte|часть|глава)\s+\d+\b", re.IGNORECASE)
_GENERIC = frozenset(
    """about archive article articles blog blogs content course courses detail docs document en entry home html index
    item lecture lectures main news p page pages post posts prep projects pub questions r reel s status story
    topic u user users video videos view watch web wiki www""".split()
)
"""Parts of an address that stand in front of what it leads to."""
_DATE = re.compile(
    r"(?:\d{1,4}[./-]\d{1,2}(?:[./-]\d{1,4})?|(?:(?:mon|tue|wed|thu|fri|sat|sun)\w*,?\s+)?"
    r"(?:\d{1,2}\.?\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?(?:\s+\d{1,2}(?:st|nd|rd|th)?)?"
    r",?(?:\s+\d{4})?|(?:19|20)\d\d\s*[-–—年/]?\s*(?:(?:19|20)?\d\d)?)月?",
    re.IGNORECASE,
)
_PRICE = re.compile(
    r"(?:[$€£¥₹]\s?\d[\d.,]*|\d[\d.,]*\s?(?:[$€£¥₹%]|usd|eur|min|mins|h|hrs?|mb|gb|pages?|стр|页))+", re.I
)
_HOST = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,12}(?:/\S*)?", re.IGNORECASE)
_PROVIDER = re.compile(
    r"\b(?:univ(?:ersity|\.)?|universit\w+|universidad|université|университет|college|institute|academy|school of"
    r"|coursera|edx|udacity|udemy|mit|stanford|berkeley|harvard|caltech|princeton|khan academy|ocw)\b|大学|大學",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_YEAR_WORD = re.compile(r"(?:19|20)\d\d")

_SHORTCODE = re.compile(r":[a-z0-9_+-]{2,40}:(?!\w)")
_MARKERS = re.compile(
    r"\{[:#.%][^{}]{0,200}\}|\{\{[^{}]{0,200}\}\}|\[\^?[!^]\w+\]|¶|%%[^%]{0,200}%%|==|\s\^[\w-]{2,30}$"
    r"|(?<!\S)#[^\W\d][\w/-]*(?=(?:\s+#[^\W\d][\w/-]*)*\s*$)"
)
_WIKI = re.compile(r"!?\[\[([^\[\]|]{1,200})(?:\|([^\[\]]{1,200}))?\]\]")
_EMPTY_BRACKETS = re.compile(r"[(\[{（【〔「][\s|,;:/·•&+、，-]*[)\]}）】〕」]")
_PICTURES = (
    "\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\ufe0f\u20e3\u200d"
    "\U0001f000-\U0001faff"
)
_PICTURE = re.compile(rf"[{_PICTURES}]+")
_LEADING = re.compile(
    rf"^(?:\[[\d .,/-]{{1,10}}\](?=\s|$)|\[[ xX-]\](?=\s)|[\s{_PICTURES}:：,，;。|"
    rf"/·•*)\]）】」』》>»–—―\-−~、－]|\.(?=\s))+"
)
_LEADING_IN_TITLE = re.compile(
    rf"(?:\[[\d .,/-]{{1,10}}\](?=\s|$)|\[[ xX-]\](?=\s)|[\s{_PICTURES}|·•*>»–—−]+(?=[\s\w(\[\"“«]|$)|"
    rf"[-:：,;/]\s+|[:：](?=[^\W\d]+\s*$)\s)+"
)
_SEPARATORS_AT_END = " \t\n:：,，;|/·•*([（【–—―-−~<>«、"
_PICTURES_AT_END = re.compile(rf"[{_PICTURES}]$")
_LABEL_AT_END = re.compile(r"\s*[(\[（【]([^()\[\]（）【】]{1,30})[)\]）】]$")
_BACK = re.compile(
    r"\s*[(\[]?\s*(?:[⬆↑🔝⏫⤴]\ufe0f?|\^|(?<=\s)#+|\bback to (?:the )?(?:top|index|contents|toc)|"
    r"\[?toc\]?|nach oben|"
    r"volver arriba|retour en haut|наверх|返回顶部|回到顶部|トップへ戻る)[\s)\]⬆↑🔝⏫\ufe0f]*$",
    re.IGNORECASE,
)
_NOTION = re.compile(r"\s[0-9a-f]{32}$")
_SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\bal\.)(?<!\b[Vv]s\.)(?<!\bDr\.)(?<!\b[ei]\.[ge]\.)\s+(?=[^\W\d_a-z])|(?<=[。！？])"
)
"""Where a sentence ends: not behind an initial ("J. Weston") or "et al."."""

MAX_CLEANED = 3_000
"""Characters of a text that are looked at: five times the longest summary."""
LONGEST_SENTENCE = 600
"""Characters before and behind a link that are looked at. What is longer is a list of links without an end."""
MAX_SUBJECT = 160
"""The longest text before a "[PDF]" that is its title. A citation fits; a paragraph doesn't."""


_AROUND_LABELS = " \t[](){}<>|*_:.!,…→↗»"


# -- labels


@lru_cache(maxsize=4096)
def is_label(text: str) -> bool:
    """Whether a text can't name a work: "PDF", "[code]", "here", "4.2", "Sep 10", "$12", "Запись", "example.org"."""
    bare = text.strip(_AROUND_LABELS)
    if not has_words(bare) or _DATE.fullmatch(bare) or _PRICE.fullmatch(bare) or _HOST.fullmatch(bare):
        return not re.fullmatch(r"\.\w+|[\w-]+\.(?:js|py|rs|net|jl|io|ai|app)", bare, re.I)
    words = [word.casefold() for word in _WORD.findall(bare)]
    telling = [word for word in words if word not in _FILLERS and not _YEAR_WORD.fullmatch(word)]
    if words and words[0] in _DEMONSTRATIVE and bare.islower() and len(words) <= 3:
        return True  # "another article", "this branch"
    if not telling:
        return len(words) <= 5 and not _POINTING.isdisjoint(words)
    return len(words) <= 5 and len(bare) > 1 and all(map(_is_label_word, telling))


def _is_label_word(word: str) -> bool:
    stem = word.removesuffix("s")
    return (
        word in _LABELS or stem in _LABELS or word in _LANGUAGES or word.isdigit()
        or (word.endswith("ies") and word[:-3] + "y" in _LABELS) or _CJK_LABELS.fullmatch(word) is not None
        or ("-" in word and all(_is_label_word(part) or part in _FILLERS for part in word.split("-") if part))
    )  # fmt: skip


def label_name(text: str) -> str:
    """The text of a label as the name of a link; empty if it is but "here" or "see"."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return clean(text) if any(word not in _FILLERS for word in words) and has_words(text) else ""


def is_site_name(text: str) -> bool:
    """Whether a link's text is a domain, which may be what a site is called: "Coverr.co"."""
    return _HOST.fullmatch(text.strip()) is not None and "/" not in text


def is_part(text: str) -> bool:
    """Whether a text names a part of a work that is named elsewhere: "Part 2", "Week 01", "III"."""
    return _PART.fullmatch(text.strip(" \t[](){}.:#*_")) is not None


def begins_with_part(text: str) -> bool:
    """Whether a title is that of a part, which needs its work before it: "Part 2: Lexing"."""
    return _PART_FIRST.match(text) is not None


def is_language(text: str) -> bool:
    """Whether a text is the name of a language, or several: "中文 | English"."""
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+", text)]
    return bool(words) and all(
        word in _LANGUAGES or re.fullmatch(r"(?:简体|繁體|繁体|正體)?(?:中文|日本語|한국어|文|版|简体|繁體)*", word)
        for word in words
    )


def is_provider(text: str, url: str) -> bool:
    """Whether a link's text says only who offers the work: "Uni A / Provider B", or the name of its site."""
    if " / " in text or (_PROVIDER.search(text) and len(text.split()) <= 4):
        return True
    name = "".join(re.findall(r"[a-z0-9]", text.casefold()))
    host = urlsplit_host(url)
    return len(name) > 3 and name in {part.replace("-", "") for part in host.split(".")[:-1]}


def has_words(text: str) -> bool:
    """Whether a text has a letter at all."""
    return any(map(str.isalpha, text))


# -- cleaning


def one_line(text: str) -> str:
    """The text without line breaks, characters that aren't seen, and repeated spaces."""
    return " ".join(without_hidden(text).split())


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """A text without empty brackets, stray separators at its ends, and marks that only a renderer reads."""
    text = _without_end(_LEADING.sub("", _unmarked(text), count=1))
    return re.sub(r"\s+(?=[,.;:!?)\]](?:\s|$))", "", " ".join(text.split()))


@lru_cache(maxsize=8192)
def clean_title(text: str) -> str:
    """The text of a link as a title: `.NET`, `*args` and `#100DaysOfCode` keep what they begin with."""
    text = _unmarked(text)
    if lead := _LEADING_IN_TITLE.match(text):
        text = text[lead.end() :]
    text = " ".join(_without_end(text).split())
    while (behind := _LABEL_AT_END.search(text)) and is_label(behind[1]) and not re.search(r"\d", behind[1]):
        text = text[: behind.start()]
    text = _NOTION.sub("", text)
    if (
        len(text) > 2
        and text[0] + text[-1] in ('""', "“”", "«»", "''", "‘’", "『』", "《》")
        and text[0] not in text[1:-1]
    ):
        text = text[1:-1]
    return re.sub(r"^@(?:article|video|official|course|book|podcast|feed|opensource|roadmap)@", "", text).strip()


def kind_mark(text: str) -> str:
    """The kind before the title of a link of roadmap.sh: `@article@What is sourdough?`."""
    match = re.match(r"@(\w+)@", text)
    return match[1] if match else ""


def _without_end(text: str) -> str:
    """A text without separators and pictures at its end."""
    while (shorter := text.rstrip(_SEPARATORS_AT_END)) and _PICTURES_AT_END.search(shorter[-1]):
        text = shorter[:-1]
    return shorter


def _unmarked(text: str) -> str:
    text = without_hidden(text[:MAX_CLEANED])
    if not text.isascii() or re.search(r"[:\[({%#=^!]", text):
        text = _MARKERS.sub("", _SHORTCODE.sub("", _WIKI.sub(lambda link: link[2] or link[1], text)))
        while (shorter := _EMPTY_BRACKETS.sub(" ", text)) != text:
            text = shorter
    return text


def heading_text(text: str) -> str:
    """A heading without anchors, pictures and "back to top"."""
    text = text[:MAX_CLEANED]
    text = re.sub(r"\{#[\w-]+\}\s*$", "", text)
    text = _PICTURE.sub(" ", _BACK.sub("", _BACK.sub("", text))) if _PICTURE.sub("", text).strip() else text
    return clean(clean_title(text)) or clean(text)


def is_back_to_top(text: str) -> bool:
    """Whether a link only leads to the top of the page."""
    return len(text) < 60 and not has_words(_BACK.sub("", text)) and _BACK.search(text) is not None


def cut(text: str, limit: int) -> str:
    """A text of at most `limit` characters: a longer one ends with a sentence, else at a word, with an ellipsis."""
    if len(text) <= limit:
        return text
    ends = [end.start() for end in _SENTENCE.finditer(text[: limit + 2]) if end.start() <= limit]
    if ends and ends[-1] > limit // 3:
        return text[: ends[-1]].rstrip()
    at = text.rfind(" ", limit // 2, limit)
    return text[: at if at > 0 else limit - 1].rstrip(" ,;:-–—") + "…"


class Sentences:
    """The sentences of a text; each is found in no more than the time of a bisection."""

    def __init__(self, text: str) -> None:
        ends = list(_SENTENCE.finditer(text))
        self._text = text
        self._starts = [0, *(end.end() for end in ends)]
        self._ends = [*(end.start() for end in ends), len(text)]

    def around(self, position: int) -> str:
        """The sentence in which a character stands; of one that is too long to be one, what is near."""
        at = min(bisect_right(self._ends, position), len(self._ends) - 1)
        start, end = self._starts[at], self._ends[at]
        return self._text[max(start, position - LONGEST_SENTENCE) : min(end, position + LONGEST_SENTENCE)]


def last_sentence(text: str) -> str:
    """The last sentence of a text."""
    return _SENTENCE.split(text.rstrip())[-1] if text.strip() else ""


def first_sentence(text: str) -> str:
    """The first sentence of a text."""
    return _SENTENCE.split(text.strip(), maxsplit=1)[0]


# -- addresses as names


def urlsplit_host(url: str) -> str:
    """The host of an address without `www.`; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def address_title(url: str) -> str:
    """A title made of an address, for a link that nothing names: the words of its path, then its host."""
    host = urlsplit_host(url)
    path = unquote(url.partition("://")[2].partition("/")[2].partition("?")[0].partition("#")[0])
    parts = [re.sub(r"\.(?:html?|php|aspx?|pdf|md|ipynb)$", "", part) for part in path.split("/") if part]
    for part in reversed([part for part in parts if part.casefold() not in _GENERIC]):
        words = [word for word in re.split(r"[\W_]+", part) if word]
        if sum(word.isalpha() and len(word) > 1 for word in words) >= min(2, len(words)) and has_words(part):
            named = " ".join(word for word in words if not re.fullmatch(r"[0-9a-f]{8,}|\d{5,}", word))
            return cut(f"{named[:1].upper()}{named[1:]} ({host})", 200)
    return cut(re.sub(r"^\w+://(?:www\.)?", "", url).rstrip("/") or url, 200)


# -- kinds, years, authors

_KINDS_BY_SITE: tuple[tuple[str, str], ...] = (
    (r"(?:\w+\.)?arxiv\.org/(?:abs|pdf|html)/", "paper"),
    (r"openreview\.net/(?:forum|pdf)", "paper"),
    (r"(?:www\.)?aclanthology\.org/\w", "paper"),
    (r"(?:www\.)?aclweb\.org/anthology/\w", "paper"),
    (r"proceedings\.mlr\.press/.+", "paper"),
    (r"(?:proceedings\.neurips\.cc|papers\.n(?:eur)?ips\.cc)/paper", "paper"),
    (r"(?:www\.)?(?:biorxiv|medrxiv)\.org/content/", "paper"),
    (r"huggingface\.co/papers/", "paper"),
    (r"(?:(?:www|m|music)\.)?youtube\.com/(?:watch|playlist|embed|shorts|live)", "video"),
    (r"youtu\.be/\w", "video"),
    (r"(?:www\.)?vimeo\.com/\d", "video"),
    (r"(?:www\.)?bilibili\.com/video/", "video"),
    (r"colab\.research\.google\.com/", "notebook"),
    (r"nbviewer\.(?:jupyter|ipython)\.org/", "notebook"),
    (r"(?:www\.)?kaggle\.com/datasets/", "dataset"),
    (r"huggingface\.co/datasets/", "dataset"),
    (r"(?:www\.)?coursera\.org/(?:learn|specializations|professional-certificates)/", "course"),
    (r"(?:www\.)?edx\.org/(?:course|learn)/", "course"),
    (r"(?:www\.)?udemy\.com/course/", "course"),
    (r"(?:www\.)?udacity\.com/course/", "course"),
    (r"ocw\.mit\.edu/courses/", "course"),
    (r"(?:www\.)?deeplearning\.ai/(?:short-)?courses/", "course"),
    (r"(?:www\.)?goodreads\.com/book/", "book"),
    (r"(?:www\.)?(?:slideshare\.net|speakerdeck\.com)/[^/]+/[^/]", "slides"),
    (r"docs\.google\.com/presentation/", "slides"),
    (r"podcasts\.apple\.com/", "podcast"),
    (r"open\.spotify\.com/(?:show|episode)/", "podcast"),
    (r"[\w-]+\.readthedocs\.(?:io|org)(?:/|$)", "documentation"),
    (r"docs\.rs/\w", "documentation"),
    (r"(?:[a-z]{2,3}\.)?wikipedia\.org/wiki/", "article"),
    (r"(?:www\.)?(?:twitter|x)\.com/\w+/status/", "thread"),
    (r"news\.ycombinator\.com/item", "thread"),
)
_REPOSITORY = re.compile(r"(?:www\.)?(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/[\w.-]+/[\w.-]+/?$", re.I)
_SITES = re.compile("|".join(f"({pattern})" for pattern, _ in _KINDS_BY_SITE), re.IGNORECASE)

_KIND_WORDS = {
    "article": "article", "articles": "article", "blog": "blog", "blogs": "blog", "blog post": "article",
    "blog posts": "article", "blogpost": "article", "book": "book", "books": "book", "ebook": "book", "ebooks": "book",
    "code": "repository", "colab": "notebook", "course": "course", "courses": "course", "dataset": "dataset",
    "datasets": "dataset", "docs": "documentation", "documentation": "documentation", "github": "repository",
    "lecture": "lecture", "lectures": "lecture", "moocs": "course", "notebook": "notebook", "notebooks": "notebook",
    "official": "documentation", "open in colab": "notebook", "paper": "paper", "papers": "paper", "playlist": "video",
    "podcast": "podcast", "podcasts": "podcast", "repo": "repository", "slide": "slides", "slides": "slides",
    "talk": "talk", "talks": "talk", "textbook": "book", "textbooks": "book", "tutorial": "tutorial",
    "tutorials": "tutorial", "video": "video", "videos": "video", "youtube": "video", "论文": "paper", "論文": "paper",
    "代码": "repository", "视频": "video", "書籍": "book", "слайды": "slides", "видео": "video", "статья": "article",
    "книга": "book", "folien": "slides", "buch": "book", "libro": "book", "livre": "book",
}  # fmt: skip
_HEADING_KINDS = frozenset(
    {"article", "book", "course", "dataset", "lecture", "paper", "podcast", "talk", "tutorial", "video"}
)
"""Kinds that a heading gives to all links under it. Under "Code" or "Documentation" stands too much else."""

_ARXIV = re.compile(r"arxiv\.org/\w+/(?:(\d\d)(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z.-]+/(\d\d)\d{5})", re.IGNORECASE)
_DATED_PATH = re.compile(r"/((?:19|20)\d\d)/(?:0?[1-9]|1[0-2])/")
_BRACKETED_YEAR = re.compile(r"[(\[](?:[^()\[\]]{0,40}[, ])?((?:19|20)\d\d)[)\]]")
_YEAR = re.compile(r"((?:19|20)\d\d)(?:[-/.]\d\d?){0,2}")

_NAME = r"[^\W\d_a-z][\w'’-]*(?:\.(?=[\s,;&)\]–—(|-]|$))?"
_PARTICLE = r"(?:van|von|der|den|de|da|di|del|la|le|bin|al|De|Van|Von)"
_FULL_NAME = rf"{_NAME}(?: {_PARTICLE}){{0,2}}(?: {_NAME}){{1,3}}"
_NAMES = rf"{_FULL_NAME}(?:(?:, | and | & |, and ){_FULL_NAME}){{0,12}}"
_BYLINE = re.compile(rf"(?<![-\w])(?P<verb>\w+ )?[Bb]y (?P<names>{_NAMES})(?=$|[.,;:)\]]|\s[-–—(|])")
_ONLY_NAMES = re.compile(rf"{_NAMES}(?:,? et al)?\.?")
_SEPARATORS = re.compile(r",? and |,? & |[,;] ?")
_AUTHORED = frozenset("book course edited lecture made paper presented taught talk written blog post created".split())
_NOT_A_NAME = re.compile(
    r".*(?:ing|ed|tion|sion|ical|ness|ment|ics|ism|ity|ology|ware|ance|ence)s?$"
    r"|(?:the|example|step|real|your|our|side|models?|graph|graphs|systems?|language|data|network|networks|learning"
    r"|comparison|hand|heart|default|apps?|knowledge|large|design|code|java|python|rust|go|google|microsoft|team)s?$",
    re.IGNORECASE,
)


def kind_of(url: str, label: str = "", headings: Iterable[str] = ()) -> str | None:
    """The kind of a link: what its label says ("PDF", "Slides"), else its site, else the nearest heading.

    `headings` are those above the link, the nearest first. None if none of them says it.
    """
    address = url.partition("://")[2]
    match = _SITES.match(address)
    site = _KINDS_BY_SITE[match.lastindex - 1][1] if match and match.lastindex else None
    word = label.casefold().strip(" \t[](){}:.!*_|")
    if (named := _KIND_WORDS.get(word)) and not (named == "repository" and not _is_repository(address)):
        return named
    if site:
        return site
    if re.search(r"\.ipynb(?:$|[?#])", url):
        return "notebook"
    heading = next((kind for text in headings if (kind := _kind_in_heading(text))), None)
    return heading or ("repository" if _is_repository(address) else None)


def year_of(url: str, text: str) -> int | None:
    """The year of a link: that of its arXiv number or dated path, else the one year in brackets beside it."""
    if number := _ARXIV.search(url):
        short = int(number[1] or number[2])
        return short + (1900 if short > 90 else 2000)
    if dated := _DATED_PATH.search(url):
        return int(dated[1])
    years = set(_BRACKETED_YEAR.findall(text))
    return int(years.pop()) if len(years) == 1 else None


def year_in(cell: str) -> int | None:
    """The year of a text that is a date; None if it is anything else."""
    match = _YEAR.fullmatch(cell)
    return int(match[1]) if match else None


def is_date(text: str) -> bool:
    """Whether a text is a date and nothing else."""
    return _DATE.fullmatch(text.strip(" ()[].")) is not None


def authors_in(text: str) -> tuple[str, ...]:
    """The people of a byline such as "by Chip Huyen and Andrej Karpathy"; empty if there is none.

    A name has two words or more, each with a capital: "by Stanford" and "by doing" name nobody for certain, nor does
    "Powered by Large Models".
    """
    byline = _BYLINE.search(text) if "by " in text or "By " in text else None
    if byline is None:
        return ()
    verb = (byline["verb"] or "").strip().casefold()
    if verb not in _AUTHORED and re.search(r"(?:ed|en|n)$", verb) and verb.endswith(("ed", "driven", "given", "shown")):
        return ()
    return _people(byline["names"])


def without_byline(text: str) -> tuple[tuple[str, ...], str]:
    """The people of a byline at the beginning of a text, and the text behind it; nobody and the whole without one."""
    byline = _BYLINE.match(text)
    names = authors_in(text) if byline and not byline["verb"] else ()
    return (names, text[byline.end() :]) if byline and names else ((), text)


def only_authors(text: str, fewest: int = 2) -> tuple[str, ...]:
    """The people of a line that names people and nothing else, two at least; empty for any other line."""
    found = _ONLY_NAMES.fullmatch(text.strip(" *_"))
    names = _people(text.strip(" *_.").removesuffix(" et al")) if found else ()
    return names if len(names) >= fewest else ()


def split_names(text: str) -> tuple[str, ...]:
    """The names in a list of names."""
    return tuple(filter(None, (name.strip(" *_") for name in _SEPARATORS.split(text))))


def _people(text: str) -> tuple[str, ...]:
    names = tuple(name.rstrip(".") if not re.search(r"\b\w\.$", name) else name for name in split_names(text))
    return () if any(_NOT_A_NAME.match(word) for name in names for word in name.split()) else names


def _kind_in_heading(heading: str) -> str | None:
    """The kind of everything under a heading such as "Research papers"; none for "Books and papers"."""
    words = re.findall(r"\w+", heading.casefold())
    if not 0 < len(words) < 4 or re.search(r"[&/,+|]|\b(?:and|or|on|for|of|with)\b", heading.casefold()):
        return None
    kind = _KIND_WORDS.get(words[-1])
    return kind if kind in _HEADING_KINDS else None


def _is_repository(address: str) -> bool:
    return _REPOSITORY.match(address.partition("?")[0].partition("#")[0]) is not None
