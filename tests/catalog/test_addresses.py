"""Which addresses a resource may have."""

from __future__ import annotations

import pytest

from bot.catalog.addresses import address_fault, is_web_address


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
