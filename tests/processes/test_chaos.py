"""Odoo's own scheduler works while it is killed again and again, and while Lucca fails.

Nothing is missing or double, and nobody is needed for trouble that time ends. The complete test took nine
minutes with 150 documents (`docs/completeness.md`):

    LUCCA_CHAOS_KILLS=12 LUCCA_CHAOS_DOCUMENTS=150 setup/test tests/processes/test_chaos.py -s
"""

import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

from odoo.tools import config

from tests.processes.helpers import connect, execute, needs_base
from tests.processes.server import Server
from tests.simulator import LuccaServer, Tenant
from tests.simulator.damages import DAMAGES

IS_WHOLE = "LUCCA_CHAOS_KILLS" in os.environ
KILLS = int(os.environ.get("LUCCA_CHAOS_KILLS", "2"))
DOCUMENTS = int(os.environ.get("LUCCA_CHAOS_DOCUMENTS", "25"))
#: The seconds until the next kill (least, most), and the longest time for the remaining work after
#: the last one.
UNTIL_KILLED = (2, 45) if IS_WHOLE else (2, 10)
LONGEST = 2400 if IS_WHOLE else 240
STATUSES = (408, 429, 500, 503)
#: The share of requests that fail, and of those that are answered slowly.
FAILING = 0.1 if IS_WHOLE else 0.2
SLOW = 0.25 if IS_WHOLE else 0.01
SECONDS, SLOW_SECONDS = (0.1, 0.5), (0.5, 12)
#: The VAT rates for which the French chart of accounts has a tax.
FRENCH = {0, 0.021, 0.055, 0.1, 0.2}
#: The reasons for which documents wait without any fault: see ``reason_to_wait``.
WAITING = ("unknown_supplier", "unmapped_tax")


@needs_base
def test_kills_and_faults_leave_every_document_once(database):
    tenant = Tenant.realistic(DOCUMENTS, seed=7)
    for purchase in tenant.purchases.values():
        purchase["establishment"] = None  # Each connection books for its own company.
    begun = time.monotonic()
    with LuccaServer(tenant) as lucca:
        connections = connect(database, lucca)
        trouble(lucca)
        with Server(database) as server:
            torment(server)
            work_to_the_end(server, connections, tenant)
            tell(lucca, database, time.monotonic() - begun)
            have_a_calm_day(server, lucca, connections)
    for connection in connections:
        check_documents(database, connection, tenant)
        check_files(database, connection, tenant)
    check_bills(database)
    check_suppliers(database)


# --- the torment --------------------------------------------------------------------------------------


def trouble(lucca):
    """Make a share of the requests fail, in all possible ways."""
    # An endless answer occupies a worker for a minute.
    damages = [kind for kind in DAMAGES if IS_WHOLE or kind != "endless"]
    often = {"times": None, "rate": FAILING / (len(STATUSES) + len(damages))}
    for status in STATUSES:
        lucca.faults.fail(status, **often)
    for kind in damages:
        # Only lists have a query. In a file, nobody could notice that a byte is another one.
        lucca.faults.damage(kind, where=bool if kind == "garbled" else None, **often)
    lucca.faults.slow(SLOW_SECONDS, times=None, rate=SLOW)
    lucca.faults.slow(SECONDS, times=None)


def torment(server):
    """Kill the server again and again, at random moments."""
    chance = random.Random(1)
    for _kill in range(KILLS):
        let_work(server, chance.uniform(*UNTIL_KILLED))
        server.restart()


def let_work(server, seconds):
    """Let the server work. Waits are shortened."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        let_time_pass(server)
        time.sleep(min(left, 2))


def let_time_pass(server):
    """End the waits for a next try, and the pauses that Lucca asked for."""
    past = "now() AT TIME ZONE 'UTC' - interval '1 second'"
    for table in ("lucca_document", "lucca_file"):
        execute(
            server.database,
            f"UPDATE {table} SET next_try_at = {past} WHERE next_try_at > now() AT TIME ZONE 'UTC'",
        )
    execute(server.database, "UPDATE lucca_budget SET blocked_until = 0 WHERE blocked_until > 0")
    call_jobs(server)


def call_jobs(server):
    execute(
        server.database,
        "INSERT INTO ir_cron_trigger (cron_id, call_at)"
        " SELECT cron_id, now() AT TIME ZONE 'UTC' FROM lucca_connection",
    )
    server.wake()


def work_to_the_end(server, connections, tenant):
    """Wait until nothing is left to do, without any help."""
    approved = len(tenant.approved())
    end = time.monotonic() + LONGEST
    while not all(is_at_its_end(server.database, one, approved) for one in connections):
        assert time.monotonic() < end, f"{left_to_do(server.database)}\n{server.log()}"
        let_work(server, 2)


def is_at_its_end(database, connection, approved):
    """Return whether every document and file of a connection is finished."""
    rows = execute(
        database,
        "SELECT (SELECT count(*) FROM lucca_document WHERE connection_id = connection.id"
        f" AND (state = 'imported' OR state = 'blocked' AND reason IN {WAITING})) = {approved}"
        " AND NOT EXISTS (SELECT FROM lucca_file file JOIN lucca_document document"
        " ON document.id = document_id WHERE document.connection_id = connection.id"
        " AND document.move_id IS NOT NULL AND file.state <> 'attached')"
        f" FROM lucca_connection connection WHERE connection.id = {connection}",
    )
    return rows[0][0]


def left_to_do(database):
    return execute(
        database,
        "SELECT connection_id, document.state, reason, files_state, document.message, file.state,"
        " file.message, count(*) FROM lucca_document document LEFT JOIN lucca_file file"
        " ON document_id = document.id GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2",
    )


def have_a_calm_day(server, lucca, connections):
    """Make another synchronisation, without any fault."""
    lucca.faults.clear()
    moment = execute(server.database, "SELECT now() AT TIME ZONE 'UTC'")[0][0]
    end = time.monotonic() + LONGEST
    # A request that was under way may still fail, and the next try is then a long time away.
    while not all(was_calm(server.database, connection, moment) for connection in connections):
        assert time.monotonic() < end, f"{left_to_do(server.database)}\n{server.log()}"
        let_work(server, 2)
    server.wait_until(
        "SELECT count(*) = 0 FROM lucca_sync_state WHERE is_working OR run_id IS NOT NULL"
        " OR listing IS NOT NULL OR survey IS NOT NULL OR errors IS NOT NULL"
    )
    server.wait_until('SELECT bool_and("end" IS NOT NULL) FROM lucca_sync_run')


def was_calm(database, connection, moment):
    """Return whether a connection was synchronised since a moment without an error, and misses nothing."""
    rows = execute(
        database,
        f"SELECT last_success_at >= '{moment:%Y-%m-%d %H:%M:%S}' AND last_error IS NULL AND is_counted"
        f" AND known_count = remote_count FROM lucca_connection WHERE id = {connection}",
    )
    return rows[0][0]


def tell(lucca, database, seconds):
    """Print a summary for interested readers."""
    tried_again, runs = execute(database, "SELECT sum(failed), count(*) FROM lucca_sync_run")[0]
    struck = lucca.faults.happened
    print(
        f"{len(lucca.requests)} requests in {seconds:.0f} s, {KILLS} kills, {runs} runs;"
        f" {struck.total()} requests failed: {dict(struck)}; {tried_again or 0} were tried again later",
        file=sys.stderr,
    )


# --- the result ----------------------------------------------------------------------------------------


def check_documents(database, connection, tenant):
    """Assert that each approved document exists once, with a bill of the printed amount."""
    rows = execute(
        database,
        "SELECT lucca_type, lucca_id, document.state, reason, move.amount_total, currency.name,"
        " move.move_type FROM lucca_document document"
        " LEFT JOIN account_move move ON move.id = move_id"
        " LEFT JOIN res_currency currency ON currency.id = move.currency_id"
        f" WHERE connection_id = {connection}",
    )
    approved = {(json["type"], json["id"]): json for json in tenant.approved()}
    assert Counter(row[:2] for row in rows) == Counter(approved.keys())
    for lucca_type, lucca_id, state, reason, *bill in rows:
        json = approved[lucca_type, lucca_id]
        why = reason_to_wait(tenant, json)
        expected = ("blocked", why, None) if why else ("imported", None, bill_of(json))
        assert (state, reason, bill if state == "imported" else None) == expected


def reason_to_wait(tenant, json):
    """Return why a document needs a person without any fault; None for most."""
    if "id" not in tenant.purchases[json["purchase"]["id"]]["supplier"]:
        return "unknown_supplier"
    percentages = {rate["rateType"]["id"]: rate["percentage"] for rate in tenant.rates}
    taxes = json["amountIncludingTaxes"]["base"]["taxes"]
    used = {percentages[tax["rateTypeId"]] for tax in taxes if tax["value"]}
    return None if used <= FRENCH else "unmapped_tax"


def bill_of(json):
    """Return total, currency and type of the bill that a document becomes."""
    total = json["amountIncludingTaxes"]["base"]["includingTaxes"]
    amount = float(total["value"])
    is_refund = (json["type"] == "CreditNote") or amount < 0
    return [abs(amount), total["currency"], "in_refund" if is_refund else "in_invoice"]


def check_files(database, connection, tenant):
    """Assert that each bill has the files of its document once, byte for byte."""
    rows = execute(
        database,
        "SELECT lucca_type, lucca_id, lucca_file_id, file.state, attachment.id, store_fname, move_id, res_id"
        " FROM lucca_document document JOIN lucca_file file ON document_id = document.id"
        " LEFT JOIN ir_attachment attachment ON attachment.id = attachment_id"
        f" WHERE connection_id = {connection} AND move_id IS NOT NULL",
    )
    expected = Counter(
        (json["type"], json["id"], attachment["file"]["id"])
        for json in tenant.approved()
        if not reason_to_wait(tenant, json)
        for attachment in json["attachments"]
    )
    assert Counter(row[:3] for row in rows) == expected
    assert {row[3] for row in rows} == {"attached"}
    for _type, _id, file_id, _state, _attachment, stored, move, bill in rows:
        content = Path(config.filestore(database), stored).read_bytes()
        assert content == tenant.files[file_id].content(), tenant.files[file_id].name
        assert move == bill
    attachments = execute(
        database,
        "SELECT attachment.id FROM ir_attachment attachment JOIN lucca_document ON move_id = res_id"
        f" WHERE res_model = 'account.move' AND connection_id = {connection}",
    )
    assert Counter(row[0] for row in attachments) == Counter(row[4] for row in rows)


def check_bills(database):
    """Assert that a bill belongs to one document."""
    bills = execute(
        database,
        "SELECT move.id, count(document.id) FROM account_move move LEFT JOIN lucca_document document"
        " ON document.move_id = move.id WHERE move.move_type LIKE 'in_%' GROUP BY move.id",
    )
    assert {count for _bill, count in bills} == {1}


def check_suppliers(database):
    """Assert that each supplier is one partner, although both connections met it at the same time."""
    twice = execute(
        database,
        "SELECT name, count(*) FROM res_partner WHERE supplier_rank > 0 AND parent_id IS NULL"
        " GROUP BY name HAVING count(*) > 1",
    )
    assert twice == []
