from __future__ import annotations

import pytest

from campaigns.feeds import addressing
from campaigns.feeds.addressing import Address, fetchable, is_public, led_on, parsed, printable
from campaigns.feeds.troubles import AddressError


def trouble(url: str) -> str:
    with pytest.raises(AddressError) as caught:
        fetchable(url)
    assert caught.value.sentence.endswith(".")
    return caught.value.trouble


def test_an_address_is_taken_apart_and_put_together_in_one_spelling() -> None:
    address = parsed("  HTTPS://Żółw.Example.org:443/a b".replace(" b", "%20b") + "?q=ł&x=1#there ")
    assert address == Address("https", "xn--w-uga1v8h.example.org", 443, "/a%20b?q=%C5%82&x=1")
    assert address.url == "https://xn--w-uga1v8h.example.org/a%20b?q=%C5%82&x=1"
    assert parsed("http://example.org").url == "http://example.org/"
    assert parsed("http://example.org:8080/").authority == "example.org:8080"
    assert parsed("http://example.org./").host == "example.org"
    assert parsed("http://[2606:2800:220:1::1]/").authority == "[2606:2800:220:1::1]"


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "gopher://a.org/", "feed"]
)
def test_only_http_and_https_are_fetched(url: str) -> None:
    assert trouble(url) == "scheme"


@pytest.mark.parametrize("url", ["https://me@example.org/", "https://me:secret@example.org/", "https://@example.org/"])
def test_an_address_with_a_user_name_or_password_is_refused(url: str) -> None:
    assert trouble(url) == "userinfo"


@pytest.mark.parametrize(
    "url",
    [
        *("http://0x7f.1/", "http://127.1/", "http://2130706433/", "http://017700000001/", "http://0x7f000001/"),
        *("http://127.0.0.1.1/", "http://1.2.3.256/", "http://010.0.0.1/", "http://%31%32%37.0.0.1/", "http://1.0x/"),
        *("http:///feed", "http://", "http://exa mple.org/", "http://example.org\\@127.0.0.1/", "http://a..org/"),
        *("http://example.org:0x50/", "http://example.org:99999/", "http://[::1", "http://[v1.x]/", "http://-a.org/"),
        *(
            "http://example.org/\r\nHost: x",
            "http://ex\x00ample.org/",
            "http://example.org/\u202egro",
            "http://１２７.１/",
        ),
        "http://example.org/" + "a" * 500,
        "http://" + "ł" * 80 + ".org/",
        "http://example.org/" + "ł" * 200,
    ],
)
def test_what_is_spelled_oddly_is_no_address(url: str) -> None:
    assert trouble(url) == "malformed"


@pytest.mark.parametrize(
    "url",
    [
        *("http://localhost/", "http://LOCALHOST./", "http://db/", "http://printer.local/", "http://x.internal/"),
        *("http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/"),
        *(
            "http://10.1.2.3/",
            "http://１２７.０.０.１/",
            "http://ⓛocalhost/",
            "http://[fe80::1%25eth0]/",
            "http://[::]/",
        ),
    ],
)
def test_what_lies_here_or_in_a_private_network_is_refused(url: str) -> None:
    assert trouble(url) in {"private", "malformed"}
    assert trouble(url) == "private" or "%25" in url


@pytest.mark.parametrize("port", [22, 25, 6379, 8080, 8443])
def test_other_ports_than_80_and_443_are_refused(port: int) -> None:
    assert trouble(f"http://example.org:{port}/") == "port"


@pytest.mark.parametrize(
    "ip",
    [
        *(
            "0.0.0.0",  # noqa: S104 (it is refused)
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
        ),
        *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
        *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1"),
        *("255.255.255.255", "168.63.129.16", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1"),
        *("64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1"),
        *("fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "2606:2800:220:1::1%eth0", "name", "", "127.1"),
    ],
)
def test_special_addresses_are_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize(
    "ip", ["93.184.216.34", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:2800:220:1::1", "2a00::1"]
)
def test_addresses_of_the_public_internet_are(ip: str) -> None:
    assert is_public(ip)


def test_a_public_ip_address_may_be_written_as_it_is() -> None:
    assert fetchable("https://93.184.216.34/feed").ip == "93.184.216.34"
    assert parsed("https://example.org/").ip == ""


def test_a_redirect_is_taken_relative_to_where_it_came_from() -> None:
    here = parsed("https://example.org/a/feed?x=1")
    assert led_on(here, "../b").url == "https://example.org/b"
    assert led_on(here, "//other.example.org/").url == "https://other.example.org/"
    with pytest.raises(AddressError, match="scheme"):
        led_on(here, "file:///etc/passwd")


def test_only_web_addresses_are_printed_and_relative_ones_made_whole() -> None:
    assert printable("/x", base="https://example.org/feed") == "https://example.org/x"
    assert printable("javascript:alert(1)", base="https://example.org/") == ""
    assert printable("", base="https://example.org/") == ""
    assert printable("http://[", base="https://example.org/") == ""


def test_the_longest_address_fits_its_column() -> None:
    assert addressing.LONGEST == 500
    assert len(parsed("https://example.org/" + "a" * 480).url) == 500
