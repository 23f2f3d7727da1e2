"""Accounts of Lucca for measurements in virtual time, inside an Odoo process of their own."""

from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta
from math import ceil

from tests.simulator import Budget, LuccaServer, Tenant

from .harness import KEY, synchronise_to_the_end

PAGE = 100
PER_MINUTE = 40
#: What may be sent at once, before the pace of the budget begins.
AT_ONCE = PER_MINUTE / 4
#: Purchases to a supplier.
REGULAR = 20
DAYS = 365
#: What each call is about, by a part of its path.
KINDS = {
    "/files/": "files",
    "booked-documents": "documents",
    "/purchases": "purchases",
    "/suppliers": "suppliers",
    "/rates": "rates",
}


def virtual_time():
    from tests.scheduler import VirtualTime  # it needs what only an Odoo process has

    return VirtualTime()


@contextmanager
def served(time_, seconds, per_minute=0):
    """``(tenant, server)``: an empty account whose answers take so long in a virtual time.

    :param per_minute: more than none: the server has Lucca's own limit
    """
    tenant = Tenant(api_key=KEY, clock=time_.clock)
    with LuccaServer(tenant) as server:
        server.behaviour.seconds = seconds
        if per_minute:
            server.budget = Budget(requests=50, seconds=60, clock=time_.clock)
        yield tenant, server


def connect(env, server, **values):
    """A connection to a server, committed; gives it."""
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
    """Documents of a year with a purchase each, and so many files, two at most to a document.

    :param regular: purchases to a supplier
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
    """``{kind: requests}``: the least that brings all of an account."""
    documents = tenant.approved()
    return {
        "documents": ceil(len(documents) / PAGE),
        "purchases": ceil(len(tenant.purchases) / PAGE),
        "suppliers": ceil(len(tenant.suppliers) / PAGE),
        "rates": len({document["documentDate"][:7] for document in documents}),
        "files": len(tenant.files),
    }


def asked(server):
    """``{kind: requests}`` that the server got."""
    return dict(Counter(map(_kind, server.requests)))


def _kind(request):
    if request.query.get("limit") == "0":
        return "count"
    return next(kind for part, kind in KINDS.items() if part in request.path)


def synchronise(env, connection, time_):
    """Synchronise to the end; give the scheduler and ``{state: documents}``."""
    scheduler = synchronise_to_the_end(env, connection.id, time_)
    states = env["lucca.document"]._read_group(
        [("connection_id", "=", connection.id)], ["state"], ["__count"]
    )
    return scheduler, dict(states)
