"""Which addresses may be given the API key."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from .errors import InvalidAnswer, InvalidHost

#: Lucca's documented domains: production, test, demo and sandboxes.
LUCCA_DOMAINS = (
    "ilucca.net",
    "ilucca.ch",
    "ilucca-test.net",
    "ilucca-test.ch",
    "ilucca-demo.net",
    "ilucca-demo.ch",
    "sandbox.eu1.luccasoftware.com",
    "sandbox.eu2.luccasoftware.com",
    "sandbox.ch1.luccasoftware.com",
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HOST_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}")
_DEFAULT_PORTS = {"https": 443, "http": 80}


class _Address(NamedTuple):
    """What is kept of a URL; ``port`` is None where it is the scheme's own."""

    scheme: str
    name: str
    port: int | None

    @property
    def place(self) -> str:
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{name}:{self.port}" if self.port else name


def base_url(host: str, extra_hosts: Iterable[str] = ()) -> str:
    """The root URL, without trailing slash, of a host name or URL as a person types it.

    :param extra_hosts: hosts outside Lucca's domains that the administrator allows, with their
        port where it is not 443
    :raises InvalidHost: with the value ``host``
    """
    address = _read(host)
    if not _is_loopback(address.name):
        allowed = {extra.strip().lower() for extra in extra_hosts}
        is_known = _is_lucca(address.place) or address.place in allowed
        if address.scheme != "https" or not is_known:
            raise InvalidHost(f"Not a Lucca address: {host}", host=host)
    return f"{address.scheme}://{address.place}"


def is_loopback(host: str) -> bool:
    """Whether it is an address of this machine; raise ``InvalidHost`` when it is none at all."""
    return _is_loopback(_read(host).name)


def is_lucca(url: str) -> bool:
    """Whether it is in one of Lucca's domains; raise ``InvalidHost`` for no address."""
    return _is_lucca(_read(url).place)


def may_get_key(url: str, host: str) -> bool:
    """Whether a key that was typed for ``host`` may be sent to ``url``.

    It may go to the same place and to Lucca's own servers. Whoever can change the address of a
    connection could otherwise have the key sent to a server of theirs. Loopback addresses are one
    place, this machine. Raise ``InvalidHost`` for no address.
    """
    here, there = _read(url), _read(host)
    if _is_loopback(here.name):
        return _is_loopback(there.name)
    return _is_lucca(here.place) or here == there


def is_same_place(url: str, other: str) -> bool:
    """Whether both have the same scheme, host and port; raise ``InvalidHost`` for no address."""
    return _read(url) == _read(other)


def leads_elsewhere(from_url: str, to_url: str) -> bool:
    """Whether a redirect leaves the scheme, host and port; raise ``InvalidAnswer`` for no address."""
    here, there = _read_redirect(from_url, to_url)
    return here != there


def check_redirect(from_url: str, to_url: str) -> None:
    """Raise ``InvalidAnswer`` unless a redirect may be followed.

    On the same host always; elsewhere over https, as storage services want it, and only to a
    public address: whoever answers must not make Odoo fetch from its own network. From a loopback
    address (tests, demonstrations) another loopback address will do.
    """
    here, there = _read_redirect(from_url, to_url)
    if here == there:
        return
    is_local = _is_loopback(here.name) and _is_loopback(there.name)
    is_as_safe = there.scheme == "https" or (is_local and here.scheme == "http")
    if not is_as_safe or not (is_local or _is_public(there)):
        raise InvalidAnswer("Lucca redirects to an address that is not safe")


def _read_redirect(from_url: str, to_url: str) -> tuple[_Address, _Address]:
    try:
        # What a person may leave out, a redirect may not: "mailto:443" is no host with its port.
        return _read(from_url), _read(to_url if _SCHEME.match(to_url) else "")
    except InvalidHost as error:
        raise InvalidAnswer("Lucca redirects to no address") from error


def _is_public(address: _Address) -> bool:
    """Whether all that the name stands for is on the public internet.

    A name that this machine does not know is left to the request, or to its proxy.
    """
    try:
        found = socket.getaddrinfo(address.name, address.port or 443)
    except (OSError, UnicodeError):
        return True
    return all(ipaddress.ip_address(to[0]).is_global for *_, to in found)


def _read(host: str) -> _Address:
    text = host.strip()
    try:
        parts = urlsplit(text if _SCHEME.match(text) else f"https://{text}")
        port = parts.port
    except ValueError as error:
        raise InvalidHost(f"Not an address: {host}", host=host) from error
    name = parts.hostname or ""
    is_name = _HOST_NAME.fullmatch(name) or _is_loopback(name)
    if parts.scheme not in _DEFAULT_PORTS or not is_name or "@" in parts.netloc or port == 0:
        raise InvalidHost(f"Not an address: {host}", host=host)
    return _Address(parts.scheme, name, None if port == _DEFAULT_PORTS[parts.scheme] else port)


def _is_lucca(place: str) -> bool:
    """Whether it is an account's place, without a port: Lucca documents none."""
    return any(place.endswith(f".{domain}") for domain in LUCCA_DOMAINS)


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
