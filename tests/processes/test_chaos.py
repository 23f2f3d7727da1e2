"""Real Odoo processes, killed at any moment, against a Lucca in trouble: nothing missing, nothing twice."""

import random
import signal
import sys
import time
from collections import Counter

from tests.processes.helpers import database, execute, needs_base, odoo, prepare
from tests.simulator import LuccaServer, Tenant

DOCUMENTS = 80
KILLS = 4
FAULTS = {"fail": (429, 408, 500, 503), "damage": ("dropped", "truncated", "garbled", "html")}
RATE = 0.1


@needs_base
def test_kills_and_faults_leave_every_document_once():
    tenant = Tenant.realistic(DOCUMENTS, seed=7, api_key="test-key")
    for purchase in tenant.purchases.values():
        purchase["establishment"] = None  # each connection is for its own company
    with LuccaServer(tenant) as server, database() as name:
        connections = prepare(name, server.url)
        trouble(server)
        torment(name, connections)
        server.faults.clear()
        for worker in [start(name, connection) for connection in connections]:
            assert worker.wait(timeout=300) == 0
        statuses = Counter(request.status for request in server.requests)
        for connection in connections:
            check(name, connection, tenant)
        check_suppliers(name)
    print(f"{len(server.requests)} requests, answered {dict(statuses)}", file=sys.stderr)


def trouble(server):
    """Each request fails with a chance of one in ten, in one of all ways."""
    kinds = [(method, kind) for method, choices in FAULTS.items() for kind in choices]
    for method, kind in kinds:
        getattr(server.faults, method)(kind, times=None, rate=RATE / len(kinds))
    server.faults.slow(0.3, times=None, rate=0.02)


def torment(name, connections):
    """Let workers of both connections work, and kill one after the other at any moment."""
    chance = random.Random(1)
    workers = {connection: start(name, connection) for connection in connections}
    for kill in range(KILLS):
        connection = connections[kill % 2]
        time.sleep(chance.uniform(0.3, 4))
        workers[connection].send_signal(signal.SIGKILL)
        workers[connection].wait()
        workers[connection] = start(name, connection)
    for worker in workers.values():
        worker.kill()
        worker.wait()


def start(name, connection):
    """A worker that has begun."""
    worker = odoo("shell", name, script="work.py", LUCCA_CONNECTION=str(connection))
    for line in worker.stdout:
        if line.startswith("STARTED"):
            return worker
    raise AssertionError("the worker did not start")


def check(name, connection, tenant):
    rows = execute(
        name,
        "SELECT lucca_type, lucca_id, state, move_id, files_state, reason FROM lucca_document"
        f" WHERE connection_id = {connection}",
    )
    approved = {(json["type"], json["id"]): json for json in tenant.approved()}
    assert Counter((row[0], row[1]) for row in rows) == Counter(approved.keys())
    assert {row[2] for row in rows} <= {"imported", "blocked"}
    assert {row[5] for row in rows if row[2] == "blocked"} <= {"unknown_supplier", "unmapped_tax"}
    bills = execute(
        name,
        "SELECT move.id, count(document.id) FROM account_move move LEFT JOIN lucca_document document"
        " ON document.move_id = move.id WHERE move.move_type LIKE 'in_%' GROUP BY move.id",
    )
    assert {count for _bill, count in bills} == {1}, "a bill belongs to one document"
    booked = {row[3]: approved[row[0], row[1]] for row in rows if row[2] == "imported"}
    assert len(booked) > DOCUMENTS / 2
    files = dict(
        execute(
            name,
            "SELECT res_id, count(DISTINCT lucca_file_id) FILTER (WHERE lucca_file_id IS NOT NULL)"
            " FROM ir_attachment WHERE res_model = 'account.move' GROUP BY res_id"
            " HAVING count(lucca_file_id) = count(DISTINCT lucca_file_id)",
        )
    )
    assert {move: files.get(move, 0) for move in booked} == {
        move: len(json["attachments"]) for move, json in booked.items()
    }


def check_suppliers(name):
    """Both connections met the same suppliers at the same time: each is one partner."""
    twice = execute(
        name,
        "SELECT name, count(*) FROM res_partner WHERE supplier_rank > 0 AND parent_id IS NULL"
        " GROUP BY name HAVING count(*) > 1",
    )
    assert twice == []
