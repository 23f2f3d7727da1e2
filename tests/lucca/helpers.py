"""Helpers for the tests of the pure half: amounts in few words, and clients of a simulated Lucca."""

import os
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from ipaddress import ip_address
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, settings
from lucca.api.budget import Budget, MemoryKeeper
from lucca.api.client import LuccaClient
from lucca.booking.amounts import split_by_rate
from lucca.booking.names import read_name
from lucca.documents.booked_documents import Amounts, Tax

from tests.simulator import LuccaServer, Tenant


def examples(usual):
    """Return how many random examples of a rule are tried.

    ``HYPOTHESIS_EXAMPLES=20000 setup/test tests/lucca`` tries more of them. With 1, the tests take
    half a minute, and which lines they cover does not depend on chance.
    """
    return int(os.environ.get("HYPOTHESIS_EXAMPLES", usual))


examined = settings(
    max_examples=examples(100),
    deadline=None,  # a busy machine is no failure
    suppress_health_check=[HealthCheck.too_slow],
)
# Amounts must be right to the cent, so their rules are tried on more examples.
proven = settings(examined, max_examples=examples(200))

# --- amounts

CENT = Decimal("0.01")
# Rate types, named after the French VAT rates. The withheld tax is a Spanish one.
NORMAL, INTERMEDIATE, REDUCED, PRESS, EXEMPT, WITHHELD = 1, 2, 3, 4, 5, 6
RATES = {
    NORMAL: Decimal("0.2"),
    INTERMEDIATE: Decimal("0.1"),
    REDUCED: Decimal("0.055"),
    PRESS: Decimal("0.021"),
    EXEMPT: Decimal(0),
    WITHHELD: Decimal("-0.15"),
}


def amounts(excluding, taxes=(), including=None, currency="EUR"):
    """Return amounts from texts.

    :param taxes: pairs (rate type, value)
    :param including: the sum of the others unless given
    """
    read = tuple(Tax(rate_type, Decimal(value)) for rate_type, value in taxes)
    total = Decimal(excluding) + sum(tax.value for tax in read)
    return Amounts(
        currency, Decimal(excluding), read, total if including is None else Decimal(including)
    )


def planned(given, unit=CENT, tolerance=CENT):
    return split_by_rate(given, RATES, unit, tolerance)


def split(given, unit=CENT, tolerance=CENT):
    return planned(given, unit, tolerance).lines


def shown(lines):
    """Return the lines as (rate type, base, VAT), to compare them with."""
    return [(line.rate_type_id, plain(line.base), plain(line.tax)) for line in lines]


def kinds(lines):
    """Return the lines as (kind, base, taxes), to compare them with."""
    return [
        (line.kind.value, plain(line.base), *(plain(tax.amount) for tax in line.taxes))
        for line in lines
    ]


def told(plan):
    """Return the findings as (what, amount, whether a person must confirm it)."""
    return [(one.what.value, plain(one.amount), one.must_be_confirmed) for one in plan.findings]


def shown_company(lines):
    return [(plain(line.company_base), plain(line.company_tax)) for line in lines]


def plain(value):
    """Return a number without exponent and trailing zeros: 12.50 and 1.25E+1 as "12.5"."""
    return f"{value.normalize():f}" if value else "0"


def rounded(value, unit=CENT):
    return (value / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


# --- clients

KEY = "a-key-that-nobody-may-see"
LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)


class VirtualTime:
    """A clock that moves only when something sleeps. Calling it returns the seconds."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def budget_of(per_minute, time, keeper=None):
    """Return a budget of requests per minute in a virtual time."""
    return Budget(per_minute, keeper or MemoryKeeper(time), time.sleep)


class OnServer:
    """The fixtures of a simulated Lucca and of a client for it.

    ``pauses`` are the seconds that the client was told to sleep.
    """

    @pytest.fixture
    def tenant(self):
        return Tenant(api_key=KEY)

    @pytest.fixture
    def server(self, tenant):
        with LuccaServer(tenant) as server:
            yield server

    @pytest.fixture
    def pauses(self):
        return []

    @pytest.fixture
    def client(self, server, pauses):
        with closing(client_of(server.url, pauses)) as client:
            yield client


def client_of(url, pauses=None, key=KEY, list_path="", root_fields="count,next"):
    """Return a client whose clock moves only by the pauses that it is told to make, without sleeping."""
    clock = VirtualTime()

    def sleep(seconds):
        clock.sleep(seconds)
        if pauses is not None:
            pauses.append(seconds)

    return LuccaClient(url, key, Budget(0, MemoryKeeper(clock), sleep), list_path, root_fields)


def statuses(server):
    return [request.status for request in server.requests]


def paths(server):
    return [request.path for request in server.requests]


@contextmanager
def raw_server(
    *answers: bytes | Iterable[bytes], context=None
) -> Iterator[tuple[str, list[bytes]]]:
    """Return the URL of a server that sends these bytes, and the list of the requests that it got.

    It gives each connection one answer, then closes the port: such answers come from no sane HTTP
    server. An answer of several pieces is made while it is sent. With a TLS ``context``, the server
    speaks HTTPS.
    """
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        arguments = (listener, answers, received, context)
        Thread(target=_answer, args=arguments, daemon=True).start()
        scheme = "https" if context else "http"
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", received


def tls_server(certificate, *answers: bytes | Iterable[bytes]):
    """Return a ``raw_server`` that speaks HTTPS with a certificate file from ``make_certificate``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return raw_server(*answers, context=context)


def _answer(listener, answers, received, context):
    with listener, suppress(OSError):  # The socket may be closed before all requests have come.
        for answer in answers:
            connection, _address = listener.accept()
            # A client may hang up, or refuse the certificate.
            with suppress(OSError), _secured(connection, context) as secured:
                received.append(secured.recv(65536))
                for piece in [answer] if isinstance(answer, bytes) else answer:
                    secured.sendall(piece)


def _secured(connection, context):
    return context.wrap_socket(connection, server_side=True) if context else connection


def make_certificate(path, *names):
    """Write a self-signed certificate for host names and IP addresses, with its key, as PEM. Return its path."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A test's own server")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([_san(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(certificate.public_bytes(pem) + private)
    return path


def _san(name):
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def http(status, *headers, body=b""):
    """Return the bytes of an HTTP answer that has only the given headers and ``Connection: close``."""
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, "Connection: close", "", ""])
    return head.encode() + body


def name_key(name):
    """Return the name of a company as it is compared: without its legal form, case, accents and punctuation."""
    return read_name(name).key
