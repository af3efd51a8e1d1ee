"""P41: spellings of a URL that are followed, and those that are not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ogma.net.places import Place, Refused, place_of

PLAIN = {
    "http://example.com": Place("http", "example.com", 80),
    "HTTPS://Example.COM/a?b=c#d": Place("https", "example.com", 443),
    "http://example.com.:8080/": Place("http", "example.com", 8080),
    "http://example.com/@a?@b#@c": Place("http", "example.com", 80),
    "http://müller.example/": Place("http", "xn--mller-kva.example", 80),
    "http://my_host.example-1.com/": Place("http", "my_host.example-1.com", 80),
    "http://192.0.2.1./": Place("http", "192.0.2.1", 80),
    "http://[2001:DB8:0::1]:443/": Place("http", "2001:db8::1", 443),
}
ODD = [
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.0.1.1/",
    "http://0/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://ｅxample.com/",
    "http://12\u00ad7.0.0.1/",
    "http://a\u2024b.com/",
    "http://user@example.com/",
    "http://user:password@example.com/",
    "http://@example.com/",
    "http://good.example\\@bad.example/",
    "http:\\\\example.com/",
    "http://exa mple.com/",
    "http://example.com/\r\nHost: bad.example",
    "http://example.com\t/",
    "http://%31%32%37.0.0.1/",
    "http://[fe80::1%25eth0]/",
    "http://[::1/",
    "http://a..b/",
    "http://-a.com/",
    "http://example.com../",
    "http://.example.com/",
    "http:///path",
    "http:example.com",
    "//example.com/",
    "example.com",
    "",
    "http://example.com:0/",
    "http://example.com:99999/",
    "http://example.com:80:80/",
    "http://example.com:x/",
    "http://" + "a" * 64 + ".com/",
    "http://" + "a." * 150 + "com/",
    "http://example.com/" + "a" * 4_000,
    "file:///etc/passwd",
    "ftp://example.com/",
    "gopher://example.com/",
    "javascript:alert(1)",
    "data:text/plain,x",
    "unix:///var/run/docker.sock",
]


@pytest.mark.parametrize(("url", "place"), PLAIN.items())
def test_a_plain_url_leads_to_a_place(url: str, place: Place) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize("url", ODD)
def test_odd_urls_are_refused_with_a_sentence(url: str) -> None:
    """P41: no second way to write an address, no credentials, no other scheme."""
    with pytest.raises(Refused) as refused:
        place_of(url)
    assert str(refused.value).endswith(".")
    assert len(str(refused.value)) < 400


@settings(max_examples=60)
@given(st.text(max_size=40), st.sampled_from(["http://", "https://", ""]))
def test_any_text_is_a_place_or_refused(text: str, scheme: str) -> None:
    """Nothing else can come of it, and a host is plain ASCII."""
    try:
        place = place_of(scheme + text)
    except Refused:
        return
    assert place.host.isascii()
    assert place.host == place.host.lower()
    assert not set(place.host) & set("@/\\%#? ")
