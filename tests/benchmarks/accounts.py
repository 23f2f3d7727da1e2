"""Lucca accounts for measurements in virtual time, made within an Odoo process."""

from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta
from math import ceil

from tests.simulator import Budget, LuccaServer, Tenant

from .harness import KEY, synchronise_to_the_end

PAGE = 100
PER_MINUTE = 40
#: The number of requests that may be sent at once before the budget slows them down.
AT_ONCE = PER_MINUTE / 4
#: The number of purchases from a supplier.
REGULAR = 20
DAYS = 365
#: The subject of each call, by a part of its path.
KINDS = {
    "/files/": "files",
    "booked-documents": "documents",
    "/purchases": "purchases",
    "/suppliers": "suppliers",
    "/rates": "rates",
}


def virtual_time():
    from tests.scheduler import VirtualTime  # Only an Odoo process can import it.

    return VirtualTime()


@contextmanager
def served(time_, seconds, per_minute=0):
    """Yield ``(tenant, server)`` of an empty account whose answers take some seconds of virtual time.

    :param per_minute: above zero, the server has Lucca's own limit
    """
    tenant = Tenant(api_key=KEY, clock=time_.clock)
    with LuccaServer(tenant) as server:
        server.behaviour.seconds = seconds
        if per_minute:
            server.budget = Budget(requests=50, seconds=60, clock=time_.clock)
        yield tenant, server


def connect(env, server, **values):
    """Create a connection to a server, commit it and return it."""
    connection = env["lucca.connection"].create(
        {
            "host": server.url,
            "api_key": KEY,
            "start_date": "2020-01-01",
            "requests_per_minute": 0,
            **values,
        }
    )
    env.cr.commit()
    return connection


def fill(tenant, documents, files=0, regular=REGULAR):
    """Add documents of a year, each with a purchase, and some files, at most two a document.

    :param regular: the number of purchases from a supplier
    """
    suppliers = [
        tenant.add_supplier(name=f"Fournisseur {number}")
        for number in range(-(-documents // regular))
    ]
    for number in range(documents):
        purchase = tenant.add_purchase(supplier=suppliers[number % len(suppliers)])
        names = [f"facture-{number}.pdf"] if number < files else []
        names += [f"annexe-{number}.pdf"] if number < files - documents else []
        day = date(2025, 2, 1) + timedelta(days=number % DAYS)
        tenant.add_invoice(purchase=purchase, date=day.isoformat(), files=names)


def least(tenant):
    """Return ``{kind: requests}``: the fewest that fetch the whole account."""
    documents = tenant.approved()
    return {
        "documents": ceil(len(documents) / PAGE),
        "purchases": ceil(len(tenant.purchases) / PAGE),
        "suppliers": ceil(len(tenant.suppliers) / PAGE),
        "rates": len({document["documentDate"][:7] for document in documents}),
        "files": len(tenant.files),
    }


def asked(server):
    """Return ``{kind: requests}`` that the server got."""
    return dict(Counter(map(_kind, server.requests)))


def _kind(request):
    if request.query.get("limit") == "0":
        return "count"
    return next(kind for part, kind in KINDS.items() if part in request.path)


def synchronise(env, connection, time_):
    """Synchronise until nothing is left. Return the scheduler and ``{state: documents}``."""
    scheduler = synchronise_to_the_end(env, connection.id, time_)
    states = env["lucca.document"]._read_group(
        [("connection_id", "=", connection.id)], ["state"], ["__count"]
    )
    return scheduler, dict(states)
