"""Labels: texts that say what a link leads to and not which one, such as "PDF", "[code]", "Запись" and "论文"."""

from __future__ import annotations

import re
from functools import lru_cache

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
FILLERS = frozenset(
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
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_YEAR_WORD = re.compile(r"(?:19|20)\d\d")
_AROUND_LABELS = " \t[](){}<>|*_:.!,…→↗»"


@lru_cache(maxsize=4096)
def is_label(text: str) -> bool:
    """Whether a text can't name a work: "PDF", "[code]", "here", "4.2", "Sep 10", "$12", "Запись", "example.org"."""
    bare = text.strip(_AROUND_LABELS)
    if not has_words(bare) or _DATE.fullmatch(bare) or _PRICE.fullmatch(bare) or _HOST.fullmatch(bare):
        return not re.fullmatch(r"\.\w+|[\w-]+\.(?:js|py|rs|net|jl|io|ai|app)", bare, re.I)
    words = [word.casefold() for word in _WORD.findall(bare)]
    telling = [word for word in words if word not in FILLERS and not _YEAR_WORD.fullmatch(word)]
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
        or ("-" in word and all(_is_label_word(part) or part in FILLERS for part in word.split("-") if part))
    )  # fmt: skip


def is_site_name(text: str) -> bool:
    """Whether a link's text is a domain, which may be what a site is called: "Coverr.co"."""
    return _HOST.fullmatch(text.strip()) is not None and "/" not in text


def is_language(text: str) -> bool:
    """Whether a text is the name of a language, or several: "中文 | English"."""
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+", text)]
    return bool(words) and all(
        word in _LANGUAGES or re.fullmatch(r"(?:简体|繁體|繁体|正體)?(?:中文|日本語|한국어|文|版|简体|繁體)*", word)
        for word in words
    )


def has_words(text: str) -> bool:
    """Whether a text has a letter at all."""
    return any(map(str.isalpha, text))


def is_date(text: str) -> bool:
    """Whether a text is a date and nothing else."""
    return _DATE.fullmatch(text.strip(" ()[].")) is not None
