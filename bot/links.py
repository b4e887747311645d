"""Link checking with lychee.

A link is dead only if its page is gone (404 or 410) in two passes. Any other failure says something about the way there
(bot protection, a busy host, a bad line) and not about the page: the verdict is UNKNOWN. lychee keeps a pace for each
host; a host that has stopped answering is not asked for the rest. Nothing is retried. Private addresses are not
visited: a list from the internet must not make its curator's machine send requests to the machines around it.

    addresses --public hosts, in rounds--> lychee --> answers --404, 410: again--> lychee --> visits
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.catalog.addresses import host_of, is_private_host
from bot.catalog.identity import canonical_page
from bot.errors import StudybotError

TIMEOUT = 15
"""Seconds for an answer. At 5, slow universities count as silent; at 60, a list with ten such hosts takes an hour."""
FIRST_ROUND = 10
"""Links of a host that are visited first: as many as lychee asks a host for at once, so that no answer slows the next.
Ten answers of 429 take half a second, twenty half a minute, forty a minute and a half: lychee doubles its pause."""
GROWTH = 2
"""How many times more links of a host the next round has, as long as it answers. At 1 five thousand links of a host
need five hundred rounds; at 10 a host that has had enough is asked nine times more than it answered."""
MAX_UNRESPONSIVE_SHARE = 0.9
"""Greatest share of a round without an answer after which a host is asked on. At 0 one hiccup ends it, and dead links
behind it stay unseen; at 1 a wall that lets one robot in twenty through takes hours."""
RESOLVERS = 32
"""Host names that are looked up at once. One that is gone takes seconds; five thousand of them, one by one, hours."""
GONE = frozenset({404, 410})

_ANSWERED = re.compile(r"\s*\[(?:\d{3}|ERROR|TIMEOUT|EXCLUDED|IGNORED)\] ")
"""How a line of lychee's begins that gives the result for a link; used for the progress bar alone."""
_FRONT_PAGE = re.compile(r"[^/?#]*(?:/[a-z]{2}(?:[-_][a-z]{2})?)?", re.IGNORECASE)
_PERMANENT = frozenset({301, 308})


class Verdict(StrEnum):
    """What a visit says about a link."""

    FINE = "fine"
    MOVED = "moved"
    FRONT_PAGE = "led to a front page"
    DEAD = "dead"
    UNKNOWN = "could not be checked"


@dataclass(frozen=True, slots=True)
class Visit:
    """One address and the result of its visit.

    `detail` is for people ("404 Not Found"); `address` is where it leads now, if that is another page; `permanent`
    says that its host calls the move final; `archived` is a copy in an archive, of a dead one, where there is one.
    """

    url: str
    verdict: Verdict
    detail: str = ""
    address: str = ""
    permanent: bool = False
    archived: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    code: int | None
    detail: str
    address: str = ""
    permanent: bool = False
    archived: str = ""

    @property
    def is_gone(self) -> bool:
        return self.code in GONE

    @property
    def is_failure(self) -> bool:
        """Whether it says nothing of the page: the host is busy, broken or out of reach."""
        return self.code is None or self.code == 429 or self.code >= 500


_NOT_ASKED = _Answer(None, "not visited: its host does not answer")
_EXCLUDED = "not visited: an address for examples or tests"
_PRIVATE = _Answer(None, "not visited: a private address")

Ask = Callable[[Sequence[str]], Mapping[str, _Answer]]


def find_lychee() -> str:
    """Where the program lychee is: beside this Python, or on PATH; raises StudybotError if it is nowhere."""
    beside = [sysconfig.get_path("scripts"), str(Path(sys.executable).parent)]
    for folder in (*beside, None):
        if (found := shutil.which("lychee", path=folder)) is not None:
            return found
    raise StudybotError(
        "Visiting links needs the program lychee. Install it with:\n  pip install 'studybot[links]'\n"
        "or, where there is no such package for this machine, put lychee on your PATH."
    )


def visit(urls: Iterable[str], lychee: str, on_progress: Callable[[float], None] = lambda share: None) -> list[Visit]:
    """Visit addresses with the program `lychee`, each once, and those whose page seems gone a second time.

    Those of private hosts are not visited.

    `on_progress` is told which share has been visited, from 0 to 1. Returns a visit for each address, in their order;
    raises StudybotError if lychee fails.
    """
    wanted = list(dict.fromkeys(urls))
    visited = 0

    def ask(some: Sequence[str], *options: str) -> Mapping[str, _Answer]:
        def count() -> None:
            nonlocal visited
            visited += 1
            on_progress(min(1.0, visited / len(wanted)))

        return _run(lychee, some, options, count)

    private = private_hosts(map(host_of, wanted))
    first = dict.fromkeys((url for url in wanted if host_of(url) in private), _PRIVATE)
    first |= _in_rounds([url for url in wanted if url not in first], ask)
    gone = [url for url in wanted if first[url].is_gone]
    second = ask(gone, "--suggest", "--archive", "wayback") if gone else {}
    return [_judge(url, first[url], second.get(url)) for url in wanted]


def _in_rounds(urls: Sequence[str], ask: Ask) -> dict[str, _Answer]:
    """The answers of all addresses; each round asks more of every host that answers at all."""
    waiting: dict[str, list[str]] = {}
    for url in urls:
        waiting.setdefault(urlsplit(url).netloc.lower(), []).append(url)
    answers: dict[str, _Answer] = {}
    size = FIRST_ROUND
    while waiting:
        round_ = {host: some[:size] for host, some in waiting.items()}
        answers |= ask([url for some in round_.values() for url in some])
        unresponsive = {host for host, some in round_.items() if _is_unresponsive(answers[url] for url in some)}
        answers |= {url: _NOT_ASKED for host in unresponsive for url in waiting[host][size:]}
        waiting = {host: some[size:] for host, some in waiting.items() if host not in unresponsive and len(some) > size}
        size *= GROWTH
    return answers


def _is_unresponsive(answers: Iterable[_Answer]) -> bool:
    failed = [answer.is_failure for answer in answers]
    return sum(failed) > MAX_UNRESPONSIVE_SHARE * len(failed)


def private_hosts(hosts: Iterable[str]) -> frozenset[str]:
    """Those of some hosts that are private, or whose name resolves to a private address. A name that does not resolve
    is not among them: there is nothing to protect."""
    names = sorted(set(hosts))
    with ThreadPoolExecutor(RESOLVERS) as pool:
        return frozenset(name for name, private in zip(names, pool.map(_is_private, names), strict=True) if private)


def _is_private(host: str) -> bool:
    if is_private_host(host):
        return True
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(is_private_host(str(address[0])) for *_, address in found)


def _judge(url: str, first: _Answer, second: _Answer | None) -> Visit:
    answer = second or first
    if first.is_gone and answer.is_gone:
        return Visit(url, Verdict.DEAD, answer.detail, archived=answer.archived)
    if answer.code is None or not 200 <= answer.code < 300:
        return Visit(url, Verdict.UNKNOWN, answer.detail)
    if answer.address and canonical_page(answer.address) != canonical_page(url):
        if is_private_host(host_of(answer.address)):
            return Visit(url, Verdict.UNKNOWN, "it leads to a private address")
        to_front = _is_front_page(answer.address) and not _is_front_page(url)
        verdict = Verdict.FRONT_PAGE if to_front else Verdict.MOVED
        return Visit(url, verdict, answer.detail, answer.address, answer.permanent)
    return Visit(url, Verdict.FINE, answer.detail)


def _is_front_page(url: str) -> bool:
    """Whether an address is that of a host's front page, in any language."""
    return _FRONT_PAGE.fullmatch(canonical_page(url)) is not None


def _run(lychee: str, urls: Sequence[str], options: Sequence[str], count: Callable[[], None]) -> dict[str, _Answer]:
    """One run of lychee; calls `count` for each answer.

    lychee reads a page of our own with one address a line, so that it takes each as it is written, in an empty folder,
    so that it finds no settings there.
    """
    fixed = ("--format", "json", "-vv", "--no-progress", "--timeout", str(TIMEOUT), "--max-retries", "0")
    with tempfile.TemporaryDirectory(prefix="studybot-") as folder:
        page, report = Path(folder) / "links.html", Path(folder) / "report.json"
        page.write_text("\n".join(f'<a href="{escape(url)}">.</a>' for url in urls), encoding="utf-8")
        with (
            report.open("wb") as output,
            subprocess.Popen(  # noqa: S603 - the program is lychee; the addresses are in the page
                (lychee, *fixed, *options, page.name),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            ) as ran,
        ):
            last_line = ""
            for line in ran.stderr or ():
                last_line = line.strip() or last_line
                if _ANSWERED.match(line):
                    count()
        try:
            return _answers(json.loads(report.read_bytes()), urls)
        except (ValueError, LookupError, TypeError) as error:
            raise StudybotError(f"lychee failed (exit code {ran.returncode}): {last_line or error}") from error


def _answers(report: Mapping[str, object], urls: Sequence[str]) -> dict[str, _Answer]:
    """The answers in lychee's report, by the line of the address in our page."""
    answers = dict.fromkeys(urls, _Answer(None, "not visited by lychee"))
    archived = {one["original"]: one["suggestion"] for one in _entries(report, "suggestion_map")}
    for outcome in ("success_map", "error_map", "timeout_map", "excluded_map"):
        for entry in _entries(report, outcome):
            status, hops = entry["status"], (entry.get("redirects") or {}).get("redirects") or []
            detail = str(status.get("details") or status["text"]).removeprefix("Rejected status code: ")
            detail = _EXCLUDED if outcome == "excluded_map" else detail
            answers[urls[entry["span"]["line"] - 1]] = _Answer(
                status.get("code"),
                detail,
                str(hops[-1]["url"]) if hops else "",
                all(hop["code"] in _PERMANENT for hop in hops),
                str(archived.get(entry["url"], "")),
            )
    return answers


def _entries(report: Mapping[str, object], outcome: str) -> list[dict[str, Any]]:
    found = report.get(outcome) or {}
    return [entry for entries in found.values() for entry in entries] if isinstance(found, dict) else []
