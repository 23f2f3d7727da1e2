"""People work in Odoo during a synchronisation, and no call of theirs is refused."""

import sys
import threading
from collections import Counter
from contextlib import contextmanager

from tests.processes.helpers import connect, needs_base
from tests.processes.people import Person
from tests.processes.server import Server
from tests.simulator import LuccaServer, Tenant

DOCUMENTS = 40
#: The seconds between two calls of a person.
PAUSE = 0.2


def edit_bill(person, number):
    bills = person.find("account.move", ["lucca_document_id", "!=", False], limit=20)
    if bills:
        person.save("account.move", [bills[number % len(bills)]], narration=f"Note {number}")


def edit_partner(person, number):
    partners = person.find("res.partner", ["supplier_rank", ">", 0], limit=20)
    if partners:
        person.save(
            "res.partner", [partners[number % len(partners)]], phone=f"+33 1 99 00 {number}"
        )


def edit_mapping(person, number):
    mappings = person.find("lucca.mapping", ["kind", "=", "nature"])
    if mappings:
        (account,) = person.find("account.account", ["code", "=", "606300"], limit=1)
        mapping = mappings[number % len(mappings)]
        person.save("lucca.mapping", [mapping], account_id=account if number % 2 else False)


def save_settings(person, _number):
    settings = person.call("res.config.settings", "create", {})
    person.call("res.config.settings", "execute", [settings])


def edit_connection(person, number):
    (connection,) = person.find("lucca.connection", limit=1)
    person.save(
        "lucca.connection", [connection], name=f"Lucca {number}", largest_file=20 + number % 9
    )


#: What each person does again and again.
DUTIES = (edit_bill, edit_partner, edit_mapping, edit_connection, save_settings)


@needs_base
def test_nobody_who_saves_during_a_synchronisation_is_refused(database):
    tenant = Tenant.realistic(DOCUMENTS)
    for purchase in tenant.purchases.values():
        purchase["establishment"] = None
    with LuccaServer(tenant) as lucca:
        connect(database, lucca)
        lucca.behaviour.seconds = 0.1
        with Server(database, listens=True) as server, at_work(server) as (saved, refused):
            # Each change of a nature has drafts written again, so that files come late.
            server.wait_until(all_done(len(tenant.approved())), timeout=300)
        assert refused == []
        assert saved.keys() == set(DUTIES)
        asked = Counter(request.path for request in lucca.asked("/files/"))
        assert set(asked.values()) == {2}, "each connection asks for each file once"


def all_done(approved):
    """Return a query that tells whether both connections have done all that they can."""
    return (
        f"SELECT count(*) = {2 * approved} AND bool_and(state IN ('imported', 'blocked'))"
        " AND bool_and(move_id IS NULL OR files_state IN ('done', 'none')) FROM lucca_document"
    )


@contextmanager
def at_work(server):
    """Make people work, one call after the other. Yield the number of what each saved, and the refusals."""
    is_over, saved, refused = threading.Event(), Counter(), []

    def work(duty):
        person, number = Person(server), 0
        while not is_over.wait(PAUSE):
            number += 1
            try:
                duty(person, number)
            except Exception as refusal:  # noqa: BLE001  (any refusal is shown)
                refused.append((duty, refusal))
            else:
                saved[duty] += 1

    threads = [threading.Thread(target=work, args=[duty]) for duty in DUTIES]
    for thread in threads:
        thread.start()
    try:
        yield saved, refused
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
        print({duty.__name__: number for duty, number in saved.items()}, file=sys.stderr)
