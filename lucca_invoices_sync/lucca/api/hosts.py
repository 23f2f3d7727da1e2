"""The rules for addresses that may get the API key."""

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
    """The parts of a URL that matter here; ``port`` is None if it is the default of the scheme."""

    scheme: str
    name: str
    port: int | None

    @property
    def place(self) -> str:
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{name}:{self.port}" if self.port else name


def root_url(host: str) -> str:
    """Return the root URL, without trailing slash, of a host name or URL as a person types it.

    It is for links that people open. Requests with the key need ``base_url``.

    :raises InvalidHost: ``host`` is no address
    """
    address = _read(host)
    return f"{address.scheme}://{address.place}"


def base_url(host: str, extra_hosts: Iterable[str] = ()) -> str:
    """Return the root URL as ``root_url`` does, of a host that may get the key.

    :param extra_hosts: hosts outside Lucca's domains that the administrator allows, with their
        port if it is not 443
    :raises InvalidHost: the key may not go there; the error has the value ``host``
    """
    address = _read(host)
    if not _is_loopback(address.name):
        allowed = {extra.strip().lower() for extra in extra_hosts}
        is_known = _is_lucca(address.place) or address.place in allowed
        if address.scheme != "https" or not is_known:
            raise InvalidHost(f"Not a Lucca address: {host}", host=host)
    return f"{address.scheme}://{address.place}"


def split_hosts(text: str) -> list[str]:
    """Return the hosts in a text, between commas, semicolons, spaces or new lines."""
    return re.split(r"[\s,;]+", text.strip())


def is_loopback(host: str) -> bool:
    """Return whether an address is this machine's own; raise ``InvalidHost`` if it is no address."""
    return _is_loopback(_read(host).name)


def is_lucca(url: str) -> bool:
    """Return whether a URL is in one of Lucca's domains; raise ``InvalidHost`` if it is none."""
    return _is_lucca(_read(url).place)


def may_get_key(url: str, host: str) -> bool:
    """Return whether a key that was typed for ``host`` may be sent to ``url``.

    It may go to the same place and to Lucca's own servers. Otherwise, a person who can change the
    address of a connection could have the key sent to a server of their own. All loopback addresses
    are one place, this machine.

    :raises InvalidHost: ``url`` or ``host`` is no address
    """
    here, there = _read(url), _read(host)
    if _is_loopback(here.name):
        return _is_loopback(there.name)
    return _is_lucca(here.place) or here == there


def is_same_place(url: str, other: str) -> bool:
    """Return whether two URLs have the same scheme, host and port.

    :raises InvalidHost: one of the two is no address
    """
    return _read(url) == _read(other)


def leads_elsewhere(from_url: str, to_url: str) -> bool:
    """Return whether a redirect changes the scheme, host or port.

    :raises InvalidAnswer: one of the two URLs is no address
    """
    here, there = _read_redirect(from_url, to_url)
    return here != there


def check_redirect(from_url: str, to_url: str) -> None:
    """Raise ``InvalidAnswer`` unless a redirect may be followed.

    A redirect to the same scheme, host and port may always be followed. One to another place, such
    as a storage service, must use https, and its name must have public addresses only. This keeps
    addresses of Odoo's own network out. It does not stop a name server that gives another address
    when the request is made: there, the certificate, which must be for that name, is the guard. A
    loopback address (tests, demonstrations) may lead to another one.
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
        # A person may leave out the scheme, a redirect may not: "mailto:443" is no host and port.
        return _read(from_url), _read(to_url if _SCHEME.match(to_url) else "")
    except InvalidHost as error:
        raise InvalidAnswer("Lucca redirects to no address") from error


def _is_public(address: _Address) -> bool:
    """Return whether all IP addresses of a host are on the public internet.

    A name that this machine cannot resolve counts as public: a proxy may know it, and without one
    the request fails by itself.
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
    """Return whether a place is in one of Lucca's domains, without a port: Lucca documents none."""
    return any(place.endswith(f".{domain}") for domain in LUCCA_DOMAINS)


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
