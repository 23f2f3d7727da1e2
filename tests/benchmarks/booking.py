"""Bills a second of a whole synchronisation, beside Odoo's own work and other importers of the same bills."""

import pickle
import resource
from contextlib import closing, contextmanager
from pathlib import Path

from odoo.tools import config, split_every

from tests.processes.helpers import copy, odoo

from . import peers
from .harness import KEY, call, lucca, measured, only_steps, synchronise_to_the_end

DOCUMENTS = 1_000
ROUNDS = 3
#: The number of bills for slow importers.
FEW = 200
BATCH = 50
SPARED = ("fiscal_position_id", "amount_currency", "balance", "tax_tag_ids")


def run(template, folder, documents=DOCUMENTS, rounds=ROUNDS, few=FEW):
    """Return ``{who: figures}``, the best of some rounds. All importers run in each round."""
    path, short = str(Path(folder, "bills.pickle")), str(Path(folder, "few.pickle"))
    oca = ("--addons-path", f"{','.join(config['addons_path'])},{peers.oca_modules(folder)}")
    with (
        connected(template, documents, seed=7) as (name, connection),
        copy(name) as resolved,
        copy(name) as with_oca,
    ):
        for one in (resolved, with_oca):
            call(one, values, connection_id=connection, path=path, few=few, short=short)
        install = ("-i", "account_invoice_import", "--stop-after-init", *oca)
        odoo("server", with_oca, *install).communicate()
        turns = {
            "sync": (name, synchronise, {"connection_id": connection}),
            "batches": (resolved, create, {"path": path}),
            "one_by_one": (resolved, create, {"path": short, "batch": 1}),
            "odoo_ubl": (resolved, peers.upload_ubl, {"path": short}),
            "oca": (with_oca, peers.import_oca, {"path": short, "options": oca}),
        }
        results = {who: [] for who in turns}
        for _round in range(rounds):
            for who, (database, function, arguments) in turns.items():
                with copy(database) as fresh:
                    results[who].append(call(fresh, function, **arguments))
    return {
        who: min(figures, key=lambda one: one["seconds"] / one["bills"])
        for who, figures in results.items()
    }


@contextmanager
def connected(template, documents, seed=1):
    """Yield a copy of a database and its connection to an account with some documents."""
    with lucca(documents, seed) as url, copy(template) as name:
        (connection,) = call(name, prepare, hosts=[url])
        yield name, connection


def prepare(env, hosts):
    """Make a French company with a connection to each host. Return their ids."""
    from tests.books import archive_twins

    archive_twins(env)
    inactive = env["res.currency"].with_context(active_test=False)
    inactive.search([("name", "in", ("USD", "GBP", "CHF"))]).active = True
    connections = env["lucca.connection"].create(
        [
            {
                "host": host,
                "api_key": KEY,
                "start_date": "2020-01-01",
                "requests_per_minute": 0,
                "attach_files": False,
            }
            for host in hosts
        ]
    )
    env.cr.commit()
    return connections.ids


def synchronise(env, connection_id):
    """Synchronise completely in slices of Odoo's scheduler. Return the costs, including the scheduler's."""
    env.cr.commit()
    with measured() as figures:
        scheduler = synchronise_to_the_end(env, connection_id)
    runs = env["lucca.sync.run"].search([("connection_id", "=", connection_id)])
    return {
        **figures,
        "slices": scheduler.slices,
        "bills": sum(runs.mapped("booked")),
        "requests": sum(runs.mapped("requests")),
        "documents": sum(runs.mapped("listed")),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def values(env, connection_id, path, few, short):
    """List and resolve. Store the values for ``account.move.create``, of all bills and of a few."""
    with only_steps(env, "lucca.sync.list", "lucca.sync.resolve"):
        synchronise_to_the_end(env, connection_id)
    plain = [_plain(bill.values) for bill in _prepared(env, connection_id)]
    Path(path).write_bytes(pickle.dumps(plain))
    Path(short).write_bytes(pickle.dumps(plain[:: max(1, len(plain) // few)]))
    env.cr.commit()
    return len(plain)


def _prepared(env, connection_id):
    """Return the bills that the booking step would create, all at once."""
    from odoo.addons.lucca_invoices_sync.models.bill.books import CompanyBooks

    # Only an Odoo process can import them.
    from odoo.addons.lucca_invoices_sync.models.sync.turn import Turn

    connection = env["lucca.connection"].browse(connection_id)
    connection = connection.with_company(connection.company_id)
    documents = connection.env["lucca.document"].search(
        [("is_resolved", "=", True), ("state", "=", "pending")], order="document_date, id"
    )
    with closing(connection._client()) as client:
        return connection.env["lucca.bill"]._prepare_batch(
            Turn(connection, client), documents, CompanyBooks(connection.company_id)
        )


def _plain(bill):
    """Return the values without those that Odoo would find by itself, and that only save time."""
    lines = [(*command, _without_spared(line)) for *command, line in bill["invoice_line_ids"]]
    return {**_without_spared(bill), "invoice_line_ids": lines}


def _without_spared(values):
    return {
        name: value
        for name, value in values.items()
        if name not in SPARED and (name, value) != ("analytic_distribution", False)
    }


def create(env, path, batch=BATCH):
    """Measure Odoo's own work: ``account.move.create`` in batches, committed."""
    bills = pickle.loads(Path(path).read_bytes())  # noqa: S301  (this module wrote it)
    with measured() as figures:
        for some in split_every(batch, bills, list):
            env["account.move"].create(some)
            env.cr.commit()
    return {"bills": len(bills), **figures}
