"""Which addresses a resource may have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog.addresses import address_fault, host_of, is_private_host, is_web_address, lookalike


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org", "HTTP://EXAMPLE.ORG/A", "http://localhost:8080/x", "https://127.0.0.1/", "http://[::1]:80/",
        "https://example.org:65535/", "https://example.org:/", "https://example.org./", "https://a_b.example/",
        "https://münchen.de/", "https://BÜCHER.example/", "https://例え.jp/パス", "https://xn--mnchen-3ya.de",
        "https://пример.рф/", "https://faß.de", "https://example.org/@user", "https://example.org?mail=a@b",
        "https://example.org/a(b)#c:d", "https://u\u0308ber.example/",
    ],
)  # fmt: skip
def test_addresses(url: str) -> None:
    assert address_fault(url) is None
    assert is_web_address(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.org", "must start with http"), ("javascript:alert(1)", "must start with http"),
        ("https://", "is not a web address"), ("https:///path", "is not a web address"),
        ("https://a..b/", "is not a web address"), ("https://.example.org", "is not a web address"),
        ("https://[::1/", "is not a web address"), ("https://[1:2]/", "is not a web address"),
        ("https://exa mple.org", "is not a web address"), ("https://example.org/a b", "is not a web address"),
        ("https://example.org/a\u3000b", "is not a web address"), ('https://exa"mple.org', "is not a web address"),
        ("https://evil.example\\.good.org/", "is not a web address"),
        (f"https://{'a' * 64}.org", "is not a web address"),
        (f"https://{'a.' * 127}org", "is not a web address"),
        ("https://user@example.org", "names a user"), ("https://user:secret@example.org/", "names a user"),
        ("https://good.example\\@evil.example", "names a user"), ("https://@example.org", "names a user"),
        ("https://example.org:0/", "port"), ("https://example.org:65536/", "port"),
        ("https://example.org:٨٠/", "port"),
        ("https://example.org:-1", "port"), ("https://example.org:80:80/", "port"), ("https://[::1]:99999", "port"),
        ("https://☃.net", "no domain name"), ("https://💩.la", "no domain name"),
        ("https://ⓖoogle.com", "no domain name"),
        ("https://例え。jp", "no domain name"), ("https://ｅxample.org", "no domain name"),
        ("https://-ä.de", "no domain name"),
        ("https://example.org/\u200b", "U+200B"), ("https://exa\xadmple.org", "U+00AD"),
        ("https://e.org/\u202ex", "U+202E"),
    ],
)  # fmt: skip
def test_what_is_none(url: str, said: str) -> None:
    assert said in (address_fault(url) or "")
    assert not is_web_address(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7F.1", "0177.0.0.1", "0", "10.0.0.1", "172.16.5.4",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "１２７.0.0.1", "127.0.0.1.",
        "::1", "[::1]", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::",
        "localhost", "LOCALHOST.", "a.localhost", "printer.local", "router", "wiki.internal", "nas.home.arpa", "",
    ],
)  # fmt: skip
def test_private_hosts(host: str) -> None:
    assert is_private_host(host)


@pytest.mark.parametrize(
    "host",
    ["8.8.8.8", "134744072", "0x08080808", "1.2.3.4.5", "256.1.1.1", "08.1.1.1", "2606:4700::1111", "example.org",
     "localhost.example.org", "local.example", "münchen.de", "::ffff:8.8.8.8"],
)  # fmt: skip
def test_public_hosts(host: str) -> None:
    assert not is_private_host(host)


@given(st.text(max_size=40))
def test_any_text_may_be_a_host(text: str) -> None:
    assert is_private_host(text) in (True, False)
    assert isinstance(host_of(text), str)
    assert lookalike(f"https://{text}") is None or lookalike(f"https://{text}")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("HTTPS://User@Example.ORG.:80/a", "example.org"),
        ("http://[::1]:80/", "::1"), ("https://x.example?a", "x.example"),
        ("no address", ""), ("https://", ""),
    ],
)  # fmt: skip
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("https://gооgle.com/x", "xn--ggle-55da.com"), ("https://аррӏе.com", "xn--80ak6aa92e.com"),
        ("https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com"), ("https://paγpal.com", "xn--papal-q9d.com"),
        ("https://example.org", None), ("https://münchen.de", None), ("https://пример.рф", None),
        ("https://сом.рф", None),
        ("https://ελλάδα.gr", None), ("https://日本ライブラリabc.jp", None), ("https://한국abc.kr", None),
    ],
)  # fmt: skip
def test_hosts_that_look_like_others(url: str, seen: str | None) -> None:
    assert lookalike(url) == seen
