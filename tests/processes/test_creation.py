"""Several people and two synchronisations create the same suppliers at the same time: each is created once."""

import threading
from random import Random

from tests.processes.helpers import connect, execute, needs_base
from tests.processes.people import Person, Refused
from tests.processes.server import Server
from tests.simulator import LuccaServer, Tenant

SUPPLIERS, PEOPLE = 12, 4
ALL_WAIT = "SELECT count(*) = {} FROM lucca_document WHERE reason = 'unknown_supplier'"
OF_ALL_COMPANIES = """
    INSERT INTO res_company_users_rel (cid, user_id)
    SELECT company.id, users.id FROM res_company company, res_users users WHERE login = 'admin'
    ON CONFLICT DO NOTHING
"""
NONE_WAITS = """
    SELECT bool_and(state <> 'pending' AND reason IS DISTINCT FROM 'unknown_supplier')
    FROM lucca_document
"""
MADE = """
    SELECT name, count(*) FROM res_partner WHERE name LIKE 'Atelier %' AND parent_id IS NULL
    GROUP BY name ORDER BY name
"""


def account():
    """Return an account with a document of each of some suppliers."""
    tenant = Tenant()
    for number in range(SUPPLIERS):
        supplier = tenant.add_supplier(name=f"Atelier {number:02d}", territory="FR")
        tenant.add_invoice(purchase=tenant.add_purchase(supplier=supplier, establishment=None))
    return tenant


@needs_base
def test_each_supplier_is_created_once(database):
    with LuccaServer(account()) as lucca:
        connect(database, lucca)
        execute(database, "UPDATE lucca_connection SET supplier_policy = 'match'")
        execute(database, OF_ALL_COMPANIES)
        with Server(database, listens=True) as server:
            server.wait_until(ALL_WAIT.format(2 * SUPPLIERS))
            refused = press_all(server)
            server.wait_until(NONE_WAITS)
    assert [text for text in refused if "nothing to create" not in text] == []
    made = execute(database, MADE)
    assert made == [(f"Atelier {number:02d}", 1) for number in range(SUPPLIERS)]


def press_all(server):
    """Make each person press the button of every supplier, in a random order. Return the refusals."""
    refused = []

    def press(seed):
        person = Person(server)
        context = {"allowed_company_ids": person.find("res.company")}
        suppliers = [["kind", "=", "supplier"]]
        mappings = person.call("lucca.mapping", "search", suppliers, context=context)
        Random(seed).shuffle(mappings)
        for mapping in mappings:
            try:
                person.call("lucca.mapping", "action_create_supplier", [mapping], context=context)
            except Refused as refusal:
                refused.append(str(refusal))

    threads = [threading.Thread(target=press, args=[seed]) for seed in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused
