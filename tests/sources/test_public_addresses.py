"""Which addresses count as public ones."""

from __future__ import annotations

import errno

import pytest

from reconciler.http.public_addresses import is_own_address, is_public


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "192.0.1.1", "192.88.98.1", "168.63.129.17"),
        *("2606:4700::1111", "2001:4860:4860::8888", "2a00:1450::1", "64:ff9b::8.8.8.8"),
    ],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


NOT_PUBLIC = {
    "no address": ("", "feeds.example.com", "1.2.3"),
    "this machine": ("127.0.0.1", "0.0.0.0", "0.1.2.3", "::1", "::"),  # noqa: S104 - not bound
    "private": ("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00:ec2::254", "fec0::1"),
    "link-local": ("169.254.169.254", "fe80::1", "fe80::1%eth0"),
    "multicast": ("224.0.0.1", "ff02::1", "ff0e::1"),
    "reserved": ("240.0.0.1", "255.255.255.255", "5f00::1", "4000::1", "200::1", "abcd::1"),
    "of a protocol": ("192.0.0.8", "192.0.0.192", "192.88.99.1", "2001:20::1", "2001:0:1::1"),
    "documentation": ("192.0.2.1", "198.51.100.1", "2001:db8::1", "3fff::1"),
    "benchmarks": ("198.18.0.1", "2001:2::1"),
    "a cloud's host": ("168.63.129.16",),
    "IPv4 mapped": ("::ffff:127.0.0.1", "::ffff:8.8.8.8"),
    "IPv4 translated": ("::ffff:0:7f00:1", "::ffff:0:808:808"),
    "IPv4 compatible": ("::127.0.0.1", "::8.8.8.8"),
    "IPv4 by NAT64": ("64:ff9b::7f00:1", "64:ff9b::168.63.129.16", "64:ff9b:1::7f00:1"),
    "IPv4 by 6to4": ("2002:7f00:1::", "2002:808:808::"),
}


@pytest.mark.parametrize("addresses", NOT_PUBLIC.values(), ids=NOT_PUBLIC)
def test_every_other_address_is_not_public(addresses: tuple[str, ...]) -> None:
    assert [address for address in addresses if is_public(address)] == []


def test_an_address_of_this_machine_is_not_public_even_if_it_is_of_the_internet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("reconciler.http.public_addresses._is_of_internet", lambda _: True)
    assert not is_public("127.0.0.1")
    assert not is_public("64:ff9b::127.0.0.1")
    assert is_public("192.0.2.1")


@pytest.mark.parametrize(
    ("code", "expected"),
    [(errno.EMFILE, True), (errno.EAFNOSUPPORT, False)],
    ids=["too many files", "no IPv6"],
)
def test_an_address_that_cannot_be_checked_is_own_unless_its_family_is_off(
    monkeypatch: pytest.MonkeyPatch, code: int, *, expected: bool
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, "made up")

    monkeypatch.setattr("socket.socket", fail)
    assert is_own_address("2606:4700::1111") is expected
