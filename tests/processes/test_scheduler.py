"""Odoo's own cron workers synchronise while people edit the connection and servers are killed."""

import threading
from collections import Counter
from contextlib import contextmanager

import pytest

from tests.processes.helpers import connect, execute, needs_base, shell
from tests.processes.people import Person
from tests.processes.server import Server
from tests.simulator import LuccaServer, Tenant

DOCUMENTS = 12
pytestmark = needs_base


@pytest.fixture
def running(database):
    """Return a function that starts a server on the first of two connections, with slow answers."""

    @contextmanager
    def run(seconds):
        with LuccaServer(tenant_of_one_supplier()) as lucca:
            connection, other = connect(database, lucca)
            lucca.behaviour.seconds = seconds
            switch_off(database, other)
            with Server(database, listens=True) as server:
                yield server, lucca, connection

    return run


def tenant_of_one_supplier(file=lambda _number: "facture.pdf"):
    tenant = Tenant(api_key="test-key")
    supplier = tenant.add_supplier(name="Papeterie Moreau", vat="FR23334175221")
    purchase = tenant.add_purchase(supplier=supplier, establishment=None)
    for number in range(DOCUMENTS):
        tenant.add_invoice(purchase=purchase, date="2026-01-15", files=[file(number)])
    return tenant


def switch_off(database, connection):
    """Make the scheduler leave a connection alone."""
    execute(database, f"UPDATE ir_cron SET active = false WHERE id = ({cron_of(connection)})")


def cron_of(connection):
    """Return a query for the scheduled action of a connection."""
    return f"SELECT cron_id FROM lucca_connection WHERE id = {connection}"


def of_documents(connection, condition):
    """Return a query that counts the documents of the connection that meet a condition."""
    return f"SELECT count(*) FROM lucca_document WHERE connection_id = {connection} AND {condition}"


def all_attached(connection):
    """Return a query that tells whether every document has its bill and its file."""
    return (
        f"SELECT count(*) = {DOCUMENTS} FROM lucca_document WHERE connection_id = {connection}"
        " AND state = 'imported' AND files_state = 'done'"
    )


def all_ended(connection):
    """Return a query that tells whether all runs have ended."""
    return (
        f'SELECT bool_and("end" IS NOT NULL) FROM lucca_sync_run WHERE connection_id = {connection}'
    )


def repeated(lucca):
    """Return the files and pages that were asked for more than once."""
    asked = Counter(
        (request.path, *sorted(request.query.items()))
        for request in lucca.requests
        if "/files/" in request.path or request.query.get("limit") not in (None, "0")
    )
    return {call: number for call, number in asked.items() if number > 1}


def test_an_archived_connection_stops_at_its_next_commit(running):
    with running(1) as (server, lucca, connection):
        server.wait_until(of_documents(connection, "files_state = 'done'"))
        Person(server).save("lucca.connection", [connection], active=False)
        asked = len(lucca.requests)
        server.wait_until(f"SELECT NOT active FROM ir_cron WHERE id = ({cron_of(connection)})")
        server.wait_until(all_ended(connection))
        assert len(lucca.requests) <= asked + 1 < DOCUMENTS, "but for what was on its way"


def test_a_connection_can_be_renamed_while_it_is_synchronised(running):
    with running(0.5) as (server, lucca, connection):
        server.wait_until(of_documents(connection, "files_state = 'done'"))
        Person(server).save("lucca.connection", [connection], name="Renamed")
        server.wait_until(all_attached(connection))
        assert repeated(lucca) == {}


def test_people_who_save_the_connection_cause_no_request_twice(running):
    with running(0.1) as (server, lucca, connection), saving(server, connection):
        server.wait_until(all_attached(connection))
        server.wait_until(all_ended(connection))
        assert repeated(lucca) == {}


@contextmanager
def saving(server, connection, people=3):
    """Make people save the connection all the time."""
    is_over = threading.Event()

    def save_again_and_again():
        while not is_over.wait(0.1):
            execute(
                server.database,
                f"UPDATE lucca_connection SET write_date = now() WHERE id = {connection}",
            )

    threads = [threading.Thread(target=save_again_and_again) for _person in range(people)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def test_a_killed_run_is_closed_and_its_work_continues(running):
    with running(0.3) as (server, lucca, connection):
        server.wait_until(of_documents(connection, "files_state = 'done'"))
        server.restart()
        server.wait_until(all_attached(connection))
        server.wait_until(all_ended(connection))
        assert sum(repeated(lucca).values()) <= 2, "but for what was on its way"
        errors = "SELECT count(*) FROM lucca_sync_run WHERE error LIKE '%interrupted%'"
        assert execute(server.database, errors) == [(1,)]


def test_two_companies_may_store_the_same_file_at_once(database):
    with LuccaServer(tenant_of_one_supplier(scanned)) as lucca:
        connections = connect(database, lucca)
        with Server(database) as server:
            for connection in connections:
                server.wait_until(all_attached(connection))
    assert execute(database, "SELECT count(*) FROM lucca_sync_run WHERE failed > 0") == [(0,)]


def scanned(number):
    """Return a file that takes long to write."""
    return "scan.pdf", b"%PDF-1.4\n" + bytes([number]) * 8_000_000 + b"\n%%EOF\n"


def test_virtual_time_works_with_real_commits(database):
    assert shell(database, "virtual.py") == ["True"], "every answer took its time"
    assert execute(database, "SELECT state, count(*) FROM lucca_document GROUP BY state") == [
        ("imported", 5)
    ]
