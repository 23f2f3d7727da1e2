"""Run in Odoo's shell: connect to the simulator, synchronise, write down what came of it."""

# pylint: disable=undefined-variable
import json
import os
import time
from pathlib import Path

MOST_ROUNDS = 50
# A company that buys abroad has these in use; Odoo has them ready, but not active.
CURRENCIES = ("CHF", "GBP", "USD")


def prepare():
    """A chart of accounts as a company that uses it has it."""
    inactive = env["res.currency"].with_context(active_test=False)
    inactive.search([("name", "in", CURRENCIES)]).active = True
    # Odoo 19.0's French chart has each rate twice, as "10% G" and "10% G INC": a person
    # would have to choose for every rate but the default one.
    env["account.tax"].search([("name", "like", "% INC")]).active = False


def connect():
    """The demo's connection, with a job that one can watch."""
    connection = env["lucca.connection"].create(
        {
            "name": "Lucca demo",
            "company_id": env.ref("base.main_company").id,
            "host": os.environ["LUCCA_DEMO_HOST"],
            "api_key": os.environ["LUCCA_DEMO_KEY"],
            "start_date": "2020-01-01",
            "requests_per_minute": 0,
            "responsible_id": env.ref("base.user_admin").id,
        }
    )
    connection.cron_id.write({"interval_number": 1, "interval_type": "minutes"})
    env.cr.commit()
    return connection


def synchronise(connection):
    """Whether a whole synchronisation came to its end."""
    return any(connection._sync() for _round in range(MOST_ROUNDS))


def figures(connection):
    """What is in the database now, as plain values."""
    documents = env["lucca.document"].search([("connection_id", "=", connection.id)])
    moves = documents.move_id
    return {
        "states": count(documents.mapped("state")),
        "words": words(documents),
        "bills": len(moves.filtered(lambda move: move.move_type == "in_invoice")),
        "refunds": len(moves.filtered(lambda move: move.move_type == "in_refund")),
        "totals": totals(moves),
        "files": env["ir.attachment"].search_count(
            [("res_model", "=", "account.move"), ("res_id", "in", moves.ids)]
        ),
        "waiting": waiting(documents),
        "requests": sum(
            env["lucca.sync.run"].search([("connection_id", "=", connection.id)]).mapped("requests")
        ),
        "error": connection.last_error or "",
    }


def words(documents):
    """What the screens call each state and each reason."""
    selections = (documents._fields[name] for name in ("state", "reason"))
    return {key: label for one in selections for key, label in one._description_selection(env)}


def count(values):
    """How often each value is there."""
    return {value: values.count(value) for value in set(values)}


def totals(moves):
    """The bills less the refunds, for each currency, as the currency is written."""
    currencies = moves.grouped("currency_id").items()
    return {
        currency.name: f"{sum(moves.mapped('amount_total_in_currency_signed')) * -1:,.{currency.decimal_places}f}"
        for currency, moves in currencies
    }


def waiting(documents):
    """For each reason, how many documents wait for a person, and what one of them says."""
    blocked = documents.filtered(lambda document: document.state == "blocked").grouped("reason")
    return [
        {"reason": reason, "count": len(group), "message": group[0].message or ""}
        for reason, group in sorted(blocked.items())
    ]


prepare()
started = time.monotonic()
connection = connect()
finished = synchronise(connection)
seconds = time.monotonic() - started
env.invalidate_all()
report = {**figures(connection), "finished": finished, "seconds": seconds}
Path(os.environ["LUCCA_DEMO_REPORT"]).write_text(json.dumps(report))
