"""Links are visited with the real lychee, on a web server of our own that does all that a host can do."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner, Result

from bot import links
from bot.cli import main
from bot.errors import StudybotError
from bot.links import Verdict, find_lychee, visit


class _Host(BaseHTTPRequestHandler):
    """Answers as the first part of a path says."""

    protocol_version = "HTTP/1.1"
    visits: ClassVar[Counter[str]] = Counter()
    stopped = threading.Event()

    def do_GET(self) -> None:
        self.visits[self.path] += 1
        what = self.path.split("/")[1]
        if what == "hang":
            self.stopped.wait(20)
            self.close_connection = True
        elif what == "moved":
            self._answer(301, "/200/new")
        elif what == "lent":
            self._answer(302, "/200/new")
        elif what == "home":
            self._answer(301, "/en/")
        elif what == "en":
            self._answer(200)
        elif what == "inside":
            self._answer(301, f"http://localhost:{self.server.server_port}/200/x")  # type: ignore[attr-defined]
        elif what == "slash":
            self._answer(200) if self.path.endswith("/") else self._answer(301, f"{self.path}/")
        elif what == "nowhere":
            self._answer(301, "/404/elsewhere")
        elif what == "loop":
            self._answer(301, self.path)
        elif what == "flaky":
            self._answer(404 if self.visits[self.path] == 1 else 200)
        elif what == "sick":
            self._answer(404 if self.visits[self.path] == 1 else 503)
        else:
            self._answer(int(what))

    def _answer(self, code: int, location: str = "") -> None:
        self.send_response(code)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a test's output is not the place."""


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a running server."""
    monkeypatch.setattr(links, "TIMEOUT", 2)
    monkeypatch.setattr(links, "is_private_host", lambda host: False)  # the server is on this machine
    _Host.visits, _Host.stopped = Counter(), threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Host) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        _Host.stopped.set()
        server.shutdown()
        thread.join()


WANTED = {
    "200/x": Verdict.FINE,
    "200/a_(b)?c=1&d=ü#part": Verdict.FINE,
    "slash": Verdict.FINE,
    "flaky/x": Verdict.FINE,
    "404/x": Verdict.DEAD,
    "410/x": Verdict.DEAD,
    "nowhere": Verdict.DEAD,
    "sick/x": Verdict.UNKNOWN,
    "401/x": Verdict.UNKNOWN,
    "403/x": Verdict.UNKNOWN,
    "429/x": Verdict.UNKNOWN,
    "451/x": Verdict.UNKNOWN,
    "500/x": Verdict.UNKNOWN,
    "999/x": Verdict.UNKNOWN,
    "loop": Verdict.UNKNOWN,
    "hang": Verdict.UNKNOWN,
    "moved": Verdict.MOVED,
    "lent": Verdict.MOVED,
    "home": Verdict.FRONT_PAGE,
}


def test_what_every_answer_means(host: str) -> None:
    found = visit([f"{host}/{path}" for path in WANTED], find_lychee())
    assert {one.url.removeprefix(f"{host}/"): one.verdict for one in found} == WANTED
    by_path = {one.url.removeprefix(f"{host}/"): one for one in found}
    assert by_path["404/x"].detail == "404 Not Found"
    assert (by_path["moved"].address, by_path["moved"].permanent) == (f"{host}/200/new", True)
    assert (by_path["lent"].address, by_path["lent"].permanent) == (f"{host}/200/new", False)
    assert {_Host.visits[f"/{path}"] for path in ("404/x", "410/x", "flaky/x", "sick/x")} == {2}
    assert {_Host.visits[f"/{path}"] for path in ("403/x", "429/x", "500/x", "200/x")} == {1}


PRIVATE = [
    "http://127.0.0.1/", "http://localhost:8000/x", "http://2130706433/", "http://0x7f.1/x", "http://0177.0.0.1/", "http://10.1.2.3/",
    "http://[::1]/", "http://[::ffff:192.168.0.1]/", "http://169.254.169.254/latest/", "http://router/", "http://nas.local/",
]  # fmt: skip


def test_private_addresses_are_not_visited(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    found = visit([f"{host}/200/x", *PRIVATE], find_lychee())
    assert {(one.verdict, one.detail) for one in found} == {(Verdict.UNKNOWN, "not visited: a private address")}
    assert not _Host.visits


def test_a_name_that_resolves_to_a_private_address_is_private(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"rebinding.example": "10.0.0.7", "both.example": "8.8.8.8", "public.example": "8.8.8.8"}

    def resolve(name: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        if name not in answers:
            raise OSError
        inside = [(None, None, 0, "", ("fe80::1", 0, 0, 0))] if name == "both.example" else []
        return [*inside, (None, None, 0, "", (answers[name], 0))]

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    assert links.private_hosts([*answers, "gone.example"]) == {"rebinding.example", "both.example"}


def test_a_move_to_a_private_address_is_not_repeated(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "is_private_host", lambda host: host == "localhost")
    (one,) = visit([f"{host}/inside"], find_lychee())
    assert (one.verdict, one.detail, one.address) == (Verdict.UNKNOWN, "it leads to a private address", "")


def test_it_tells_how_far_it_is(host: str) -> None:
    shares: list[float] = []
    visit([f"{host}/200/{number}" for number in range(30)] + [f"{host}/404/x"], find_lychee(), shares.append)
    assert shares == sorted(shares)
    assert len(shares) >= 31
    assert shares[-1] == 1


def test_no_connection_is_no_death(host: str) -> None:
    secure = host.replace("http:", "https:")
    found = visit([f"{secure}/x", "http://127.0.0.1:9/x", "http://no-such-host.invalid/x"], find_lychee())
    assert [one.verdict for one in found] == [Verdict.UNKNOWN] * 3
    assert all(one.detail for one in found)


def test_a_wall_of_a_thousand_is_not_run_against(host: str) -> None:
    found = visit([f"{host}/429/{number}" for number in range(1000)], find_lychee())
    assert {one.verdict for one in found} == {Verdict.UNKNOWN}
    assert sum(_Host.visits.values()) == links.FIRST_ROUND


def test_a_long_list_of_one_host_is_visited_to_its_end(host: str) -> None:
    paths = [f"{'403' if number % 3 else 'flaky'}/{number}" for number in range(60)]
    found = visit([f"{host}/{path}" for path in paths], find_lychee())
    assert Counter(one.verdict for one in found) == {Verdict.UNKNOWN: 40, Verdict.FINE: 20}
    assert len(_Host.visits) == 60


def test_settings_of_lychee_in_this_folder_count_for_nothing(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lychee.toml").write_text('accept = ["404"]\n')
    (tmp_path / ".lycheeignore").write_text(".*\n")
    assert [one.verdict for one in visit([f"{host}/404/x"], find_lychee())] == [Verdict.DEAD]


def test_a_missing_lychee(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(StudybotError, match=r"pip install 'studybot\[links\]'"):
        find_lychee()


def test_a_lychee_that_fails(tmp_path: Path) -> None:
    broken = tmp_path / "lychee"
    broken.write_text("#!/bin/sh\necho no network today >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(StudybotError, match=r"exit code 3\): no network today"):
        visit(["https://x.example"], str(broken))


def test_nothing_to_visit() -> None:
    assert visit([], "/no/lychee") == []


CATALOG = """\
title: L
stages:
  - title: S
    resources:
      - {{id: fine, title: A, url: "{host}/200/a"}}
      - id: gone
        title: B
        url: {host}/404/b
      - {{id: moved, title: C, url: "{host}/moved"}}
      - {{id: wall, title: D, url: "{host}/403/d", prompts: [Why?]}}
      - {{id: retired, title: E, url: "{host}/404/e", retired: true}}
"""


def check(*options: str) -> Result:
    return CliRunner().invoke(main, ["check", *options])


@pytest.fixture
def catalog(host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog.yaml").write_text(CATALOG.format(host=host), encoding="utf-8")
    return host


def test_check_links(catalog: str) -> None:
    result = check("--links")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f'catalog.yaml:8: resource "gone": {catalog}/404/b is dead (404 Not Found)',
        f'catalog.yaml:9: resource "moved": {catalog}/moved has moved for good, to {catalog}/200/new',
        f'catalog.yaml:10: resource "wall": {catalog}/403/d could not be checked (403 Forbidden)',
        "Links: 1 fine, 1 moved, 1 dead, 1 could not be checked.",
        "L: 1 dead link (4 resources, 1 stage, 0 tracks, 0 topics, 1 retired).",
    ]


def test_check_links_without_a_dead_one(catalog: str) -> None:
    file = Path("catalog.yaml")
    file.write_text(file.read_text().replace("404/b", "200/b"))
    result = check("--links")
    assert result.exit_code == 0
    assert result.stdout.endswith("L: no problems (4 resources, 1 stage, 0 tracks, 0 topics, 1 retired).\n")


def test_check_links_for_programs_and_for_github(catalog: str) -> None:
    found = json.loads(check("--links", "--json").stdout)
    assert [(one["id"], one["line"], one["verdict"]) for one in found["links"]] == [
        ("fine", 5, "fine"), ("gone", 8, "dead"), ("moved", 9, "moved"), ("wall", 10, "could not be checked"),
    ]  # fmt: skip
    annotations = check("--links", "--quality", "--github").stdout.splitlines()
    assert f'::error file=catalog.yaml,line=8::resource "gone": {catalog}/404/b is dead (404 Not Found)' in annotations
    assert [line.split()[0] for line in annotations] == ["::error", "::warning", "::notice"] + ["::notice"] * 4


def test_further_links_are_visited_and_a_front_page_is_no_plain_move(catalog: str) -> None:
    file = Path("catalog.yaml")
    links = f'links: {{pdf: "{catalog}/404/pdf", code: "{catalog}/home"}}'
    file.write_text(file.read_text().replace("404/b", "200/b").replace("prompts: [Why?]", links))
    result = check("--links")
    assert result.exit_code == 1
    assert f'catalog.yaml:10: resource "wall": {catalog}/404/pdf is dead (404 Not Found)' in result.stdout
    moved = f'"wall": {catalog}/home leads to the front page {catalog}/en/; is the page gone?'
    assert moved in result.stdout


def test_quality_says_where_a_catalog_is_incomplete_and_fails_nothing(catalog: str) -> None:
    file = Path("catalog.yaml")
    file.write_text(file.read_text().replace("title: A,", "title: PDF,"))
    result = check("--quality")
    assert result.exit_code == 0
    assert 'catalog.yaml:10: resource "wall": no summary, no kind, no topics\n' in result.stdout
    assert 'catalog.yaml:5: resource "fine" ("PDF"): a title that looks like a label, no summary' in result.stdout
    counts = (
        "1 with a title that looks like a label, 4 with no summary, 4 with no kind, 4 with no topics, 3 with no prompt"
    )
    assert f"Of 4 resources: {counts}.\n" in result.stdout
    quality = json.loads(check("--quality", "--json").stdout)["quality"]
    assert quality[3] == {"id": "wall", "line": 10, "gaps": ["no summary", "no kind", "no topics"]}


def test_quality_shows_ten_examples_and_an_advert_at_the_beginning(tmp_path: Path) -> None:
    advert = '      - {title: "Our sponsor @acme, see #7", url: "https://e.example/?utm_campaign=x"}\n'
    entries = "".join(f"      - {{title: Tea {n}, url: 'https://e.example/{n}'}}\n" for n in range(30))
    (tmp_path / "tea.yaml").write_text(f"title: Tea\nstages:\n  - title: S\n    resources:\n{advert}{entries}")
    lines = check(str(tmp_path / "tea.yaml"), "--quality").stdout.splitlines()
    # Where it may be posted, nobody is mentioned.
    assert lines[0] == (
        'tea.yaml:5: step 1, "Our sponsor @\u2060acme, see #\u20607", looks like an advert; the path begins with it'
    )
    assert sum("no summary, no kind" in line for line in lines) == 10
    assert lines[11] == "… and 21 more resources; --json has all of them."
    found = json.loads(check(str(tmp_path / "tea.yaml"), "--quality", "--json").stdout)
    assert (len(found["quality"]), found["advert"]) == (31, True)


def test_warnings_are_shown_and_fail_nothing(catalog: str) -> None:
    file = Path("catalog.yaml")
    file.write_text(
        file.read_text().replace("title: B", "title: B #1").replace(f"{catalog}/404/b", "https://gооgle.com")
    )
    result = check()
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:2] == [
        'catalog.yaml:7: what follows # is a comment, so this is “B”; write: title: "B #\u20601"',
        'catalog.yaml:8: resource "gone": the letters of its host look like others: xn--ggle-55da.com',
    ]
    assert [one["line"] for one in json.loads(check("--json").stdout)["warnings"]] == [7, 8]
    assert "::warning file=catalog.yaml,line=7::what follows" in check("--github").stdout


def test_problems_for_programs_and_for_github(catalog: str) -> None:
    file = Path("catalog.yaml")
    file.write_text(file.read_text().replace("title: B", "title: B\n        kind: 100%"))
    found = check("--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["problems"] == [
        {"line": 8, "text": 'resource "gone": kind must be one lower-case word such as "paper", not "100%"'}
    ]
    annotated = check("--github")
    assert annotated.exit_code == 1
    assert annotated.stdout == (
        '::error file=catalog.yaml,line=8::resource "gone": kind must be one lower-case word such as "paper",'
        ' not "100%25"\n'
    )
