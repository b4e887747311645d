"""What in an index is no resource: sponsors, licences, translations and the like, by headings and by addresses.

Headings are known in the languages that search knows: English, German, Spanish, French, Russian, Chinese and Japanese.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from bot.importing.blocks import Reason
from bot.importing.words import is_language

_HEADINGS: tuple[tuple[Reason, str], ...] = (
    (
        Reason.SPONSOR,
        r"(?:our )?sponsor\w*|(?:gold|silver|platinum|premium) sponsor\w*|(?:our )?backers?|(?:our )?patrons|"
        r"donat\w+|donors|"
        r"support(?:ing)?(?: (?:us|me|this|the)\b.*)?|supporters|buy me a (?:coffee|beer)|funding|partners|"
        r"unterstütz\w*|spenden?|patrocinador\w*|donaciones|apoya\w*|soutien|soutenir\b.*|parrain\w*|mécènes|"
        r"спонсор\w*|поддерж\w*.*|донат\w*|赞助\w*|赞助商|捐赠|捐助|支持(?:我们|作者|项目)?|打赏|スポンサー|寄付|支援",
    ),
    (
        Reason.CONTRIBUTING,
        r"contribut\w+(?: (?:guide\w*|to\b.*))?|how (?:to|can i|you can) contribute.*|(?:want|wanna) to contribute.*|"
        r"contribution guidelines?|(?:the )?(?:core )?(?:maintainers?|contributors?|collaborators?)(?: ✨)?|"
        r"(?:code of )?conduct|"
        r"our contributors|guidelines|pull requests?|get(?:ting)? involved|suggestions?|feedback|todo|to do|roadmap|"
        r"mitwirk\w*|beitrag\w*|beitrage|mitmachen|contribuir|contribuci\w*|contribuidores|colabora\w*|cómo contribuir|"
        r"contribuer|contributions?|вклад\b.*|участ\w+|контриб\w+|как (?:внести вклад|помочь).*|"
        r"贡献\w*|參與貢獻|参与贡献|如何贡献|.{0,6}参与者|.{0,6}贡献者|贡献者|维护者|投稿|コントリビュ\w*|貢献\w*",
    ),
    (
        Reason.LICENSE,
        r"(?:list of )?licen[sc]\w*|copyright\w*|lizenz\w*|licencia\w*|лицензи\w*|许可\w*|版权\w*|授权|协议|"
        r"ライセンス|著作権|"
        r"citations?|citing\b.*|cite\b.*|how to cite.*|bibtex|disclaimer\w*|haftungsausschluss|impressum|"
        r"legal(?: notice)?|免责声明|声明|引用",
    ),
    (
        Reason.SOCIAL,
        r"contacts?(?: (?:us|me))?|follow(?: (?:us|me))?|connect(?: with (?:us|me))?|(?:get|stay|"
        r"keep) in touch|social(?: media)?|"
        r"join (?:us|our\b.*|the community)|kontakt|contacto|contactez\b.*|контакты|связ\w+.*|联系\w*|"
        r"联系我们|交流群|お問い合わせ|連絡先",
    ),
    (
        Reason.TRANSLATION,
        r"translations?\b.*|translated versions?|(?:read (?:this )?in )?other languages?|"
        r"languages? versions?|übersetzung\w*|"
        r"traducci\w+|traductions?|otros idiomas|autres langues|перевод\w*|другие языки|翻译|翻譯|其他语言|"
        r"翻訳|他の言語",
    ),
    (
        Reason.CONTENTS,
        r"(?:(?:global |full )?table of )?contents?(?: \(?toc\)?)?|toc|index|quick (?:links|navigation)|"
        r"navigation|inhalt\w*|índice|indice|"
        r"contenidos?|sommaire|table des mati[eè]res|содержание|оглавление|目录|目錄|目次|menu|jump to|"
        r"click to expand.*|expand",
    ),
    (
        Reason.CREDITS,
        r"credits?|acknowledge?ments?|acknowledging|(?:special )?thanks(?: to\b.*)?|thank you|attributions?|"
        r"testimonials?|"
        r"(?:course )?(?:staff|instructors?|lecturers?|teaching team|teaching assistants|tas)|lecture team|"
        r"about (?:me|us|the authors?)|"
        r"(?:the )?(?:authors?|team)|danksagung\w*|dank|créditos|agradecimientos|autores|remerciements|crédits|auteurs|"
        r"благодарност\w*|авторы(?: курса)?|преподаватели|команда(?: курса)?|致谢|鸣谢|作者|謝辞|著者|"
        r"star(?:gazers?)?(?: history| over time)?|stargazers over time|star us|change ?log|release notes|"
        r"what['’]?s new|"
        r"project stats|repo(?:sitory)? stats|activity|visitors|history of stars|更新日志|更新履歴|история изменений|"
        r"(?:latest |recent )?(?:news|updates?|changes|announcements?)(?: ?(?:and|&) ?(?:news|updates?|"
        r"announcements?))?|"
        r"новости|обновления|最新消息|更新|お知らせ|neuigkeiten|novedades|actualités",
    ),
)
_REASONS = tuple((reason, re.compile(pattern, re.IGNORECASE)) for reason, pattern in _HEADINGS)
_JOINTS = re.compile(r"\s*(?:&|/|,|\+|\||\band\b|\bund\b|\by\b|\bet\b|\bи\b|和|与|及)\s*", re.IGNORECASE)

_ADVERT = re.compile(
    r"sponsor|special thanks|contribut|pull request|subscribe|newsletter|archiv\w+ this|deprecated|"
    r"please read|star this|"
    r"no longer maintained|not being maintained|follow (?:me|us)|available for macos|special offer|discount|"
    r"赞助|спонсор",
    re.IGNORECASE,
)

_LINKS: tuple[tuple[Reason, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        (
            Reason.SPONSOR,
            r"github\.com/sponsors/|patreon\.com/\w|opencollective\.com/\w|paypal\.me/|"
            r"paypal\.com/(?:paypalme|donate|cgi-bin)"
            r"|buymeacoffee\.com/|ko-fi\.com/|liberapay\.com/|stars\.github\.com/nominate",
        ),
        (
            Reason.CONTRIBUTING,
            r"/contributing(?:\.\w+)?/?(?:#.*)?$|/contributing[_-]guide\w*|contributor-covenant\.org|"
            r"/code[_-]of[_-]conduct|"
            r"/issues/new\b|github\.com/[^/]+/[^/]+/(?:issues|pulls)/?$|/(?:stargazers|network/members|"
            r"graphs/contributors|fork)/?$|makeapullrequest\.com|all-?contributors\b"
            r"|contrib\.rocks|/edit/(?:main|master)/readme",
        ),
        (Reason.CREDITS, r"star-history\.com|starchart\.cc|seladb\.github\.io/StarTrack"),
        (
            Reason.TRANSLATION,
            r"/(?:readme|lisezmoi)[-_. ](?:[a-z]{2,3}(?:[-_][a-z]{2,4})?|[a-z]{4,12}|[^\x00-\x7f]+)\.(?:md|"
            r"markdown|rst|html)$"
            r"|/translations?/[\w-]+(?:/readme)?\.md$",
        ),
        (
            Reason.BADGE,
            r"(?:img\.)?shields\.io/|^https?://(?:www\.)?awesome\.re\b|badge\.fury\.io|/badge\.svg|"
            r"travis-ci\.(?:org|com)/|"
            r"codecov\.io/gh|hits\.(?:dwyl|seeyoufarm)|trackawesomelist\.com|/actions/workflows/",
        ),
    )
)
_PROSE_LINKS: tuple[tuple[Reason, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        (Reason.LICENSE, r"creativecommons\.org/|opensource\.org/licenses|/licen[cs]e(?:\.\w+)?$"),
        (
            Reason.SOCIAL,
            r"discord\.(?:gg|com/invite)|//t\.me/|gitter\.im/|slack\.com/|//(?:www\.)?(?:twitter|x)\.com/\w+/?$|"
            r"linkedin\.com/(?:in|school|company)/|facebook\.com/|instagram\.com/|weibo\.com/|/slack(?:\.html)?$",
        ),
        (Reason.CONTRIBUTING, r"github\.com/[^/]+/[^/]+/(?:issues|pulls?|discussions)(?:/\d+)?/?$"),
        (Reason.BADGE, r"github\.com/sindresorhus/awesome\b"),
    )
)


_INVITES = re.compile(
    r"follow (?:us|me)\b|join (?:us|our)\b|subscribe to (?:our|my)\b|support (?:us|me|my)\b|buy me a|"
    r"star (?:us|this)\b|"
    r"(?:report|open|file) an issue\b|submit a (?:pr|pull)",
    re.IGNORECASE,
)
"""Texts of links by which a list asks something of its readers."""


def reason_for_heading(text: str) -> Reason | None:
    """Why nothing below a heading is a resource; None if it is. Of "Credits & Licence" each part must say so."""
    text = re.sub(r"^[\W\d_]+|[\W_]+$", "", text)
    parts = [part for part in _JOINTS.split(text) if part]
    found = [reason for part in ([text], parts) for reason in [_reason(part)] if reason is not None]
    return found[0] if found and text else None


def _reason(parts: list[str]) -> Reason | None:
    """The reason of the first part, if each has one."""
    reasons = [
        next((reason for reason, pattern in _REASONS if pattern.fullmatch(part.strip())), None) for part in parts[:6]
    ]
    return reasons[0] if reasons and all(reasons) else None


def reason_for_link(text: str, url: str, *, prose: bool = False) -> Reason | None:
    """Why a link is no resource wherever it stands, by its address; in running text more are none than in a list."""
    url = unquote(url)
    for reason, pattern in (*_LINKS, *(_PROSE_LINKS if prose else ())):
        if pattern.search(url):
            return reason
    if prose and is_language(text):
        return Reason.TRANSLATION
    return Reason.SOCIAL if _INVITES.match(text) else None


def is_social(url: str) -> bool:
    """Whether an address is that of a profile or a chat."""
    return any(pattern.search(url) for reason, pattern in _PROSE_LINKS if reason is Reason.SOCIAL)


def is_advert(text: str) -> bool:
    """Whether a paragraph is about something else than what the list has: its sponsors, its rules, its end."""
    return _ADVERT.search(text) is not None
