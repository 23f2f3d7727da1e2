"""Which addresses may be given the API key."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from .errors import InvalidHost

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
