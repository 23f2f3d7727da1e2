"""Measure whether each page of a list is asked for once, with any number of pages and any speed.

It is done in virtual time, by Odoo's own job loop. A page holds one document.
"""

from collections import Counter
from contextlib import ExitStack
from itertools import product
from random import Random

from tests.processes.helpers import copy

from .accounts import connect, served, synchronise, virtual_time
from .harness import Call

PAGES = range(1, 61)
SECONDS = (0.1, 0.4, 1, 1.5, 2, 3, 4, 5.5, 7, 9, 11, 15)
#: The number of cores of the machine that this is measured on.
PROCESSES = 2
#: The number of combinations that are tried by default. All of them take a quarter of an hour.
SOME = 240


def run(template, number=SOME):
    """Return how many combinations of pages and seconds were tried, and those that went wrong.

    :param number: how many combinations are drawn at random; None for all
    """
    combinations = list(product(PAGES, SECONDS))
    Random(13).shuffle(combinations)
    tried = combinations[:number]
    with ExitStack() as stack:
        names = [stack.enter_context(copy(template)) for _process in range(PROCESSES)]
        calls = [
            Call(name, sweep, combinations=tried[index::PROCESSES])
            for index, name in enumerate(names)
        ]
        results = [one.result() for one in calls]
    return {
        "all": len(combinations),
        "combinations": len(tried),
        "pages": sum(pages for pages, _seconds in tried),
        "asked": sum(result["asked"] for result in results),
        "wrong": [wrong for result in results for wrong in result["wrong"]],
    }


def sweep(env, combinations):
    """Return the number of requested pages, and the combinations in which something went wrong."""
    from tests.books import archive_twins

    archive_twins(env)
    all_asked, wrong = 0, []
    with virtual_time() as time_:
        for pages, seconds in combinations:
            listed, states = _import(env, time_, pages, seconds)
            all_asked += listed.total()
            if (listed, states) != (Counter(range(1, pages + 1)), {"imported": pages}):
                wrong.append({"pages": pages, "seconds": seconds, "listed": listed, **states})
    return {"asked": all_asked, "wrong": wrong}


def _import(env, time_, pages, seconds):
    """Return ``({page: how often it was asked for}, {state: documents})`` of a first import."""
    with served(time_, seconds) as (tenant, server):
        server.behaviour.most_items = 1
        # Each import has another supplier, since all number their bills alike. The dot of a number
        # would not make another name.
        supplier = tenant.add_supplier(name=f"{pages} of {seconds * 1000:.0f}")
        purchase = tenant.add_purchase(supplier=supplier)
        for _page in range(pages):
            tenant.add_invoice(purchase=purchase, date="2026-01-15", files=())
        connection = connect(env, server, attach_files=False)
        _scheduler, states = synchronise(env, connection, time_)
        if not connection.last_audit_at or connection.last_error:
            states["without audit"] = 1
        return Counter(number for number, _limit in server.pages()), states
