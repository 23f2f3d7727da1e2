"""Run in Odoo's shell: connect to the simulator, synchronise, and write a report of the result."""

# pylint: disable=undefined-variable
import json
import os
import time
from pathlib import Path

MOST_ROUNDS = 50
# A company that buys abroad uses these currencies. Odoo has them, but not active.
CURRENCIES = ("CHF", "GBP", "USD")
#: The customer on the invoices that the simulator makes (tests/simulator/papers.py).
CUSTOMER = {
    "name": "Exemple SAS",
    "street": "12 rue de la République",
    "zip": "69002",
    "city": "Lyon",
}

#: The accounts of what the company buys. It leaves a nature or two, as people do at first.
ACCOUNTS = {
    "Assurances": "616100",
    "Communication": "623600",
    "Cotisations": "628100",
    "Documentation": "618100",
    "Déplacements": "625100",
    "Entretien": "615200",
    "Formation": "618500",
    "Fournitures": "606400",
    "Frais postaux": "626000",
    "Honoraires": "622600",
    "Hébergement": "613500",
    "Hébergement déplacements": "625600",
    "Informatique": "606300",
    "Logiciels": "613500",
    "Loyers": "613200",
    "Maintenance": "615600",
    "Mobilier": "606300",
    "Réceptions": "625700",
    "Salons": "623300",
    "Sécurité": "611000",
    "Transport": "624100",
    "Télécommunications": "626000",
    "Véhicules": "613500",
}


def prepare():
    """Set up the company, its currencies and taxes as in daily work, and show accounts on bills."""
    env.ref("base.main_company").write(CUSTOMER)
    env.ref("base.user_admin").group_ids |= env.ref("account.group_account_user")
    inactive = env["res.currency"].with_context(active_test=False)
    inactive.search([("name", "in", CURRENCIES)]).active = True
    # Odoo 19.0's French chart has each rate twice, as "10% G" and "10% G INC": a person
    # would have to choose for every rate but the default one.
    env["account.tax"].search([("name", "like", "% INC")]).active = False


def connect():
    """Return a new connection to the simulator, which does not book yet.

    Its job runs every minute, so that one can watch it.
    """
    connection = env["lucca.connection"].create(
        {
            "name": "Lucca demo",
            "company_id": env.ref("base.main_company").id,
            "host": os.environ["LUCCA_DEMO_HOST"],
            "api_key": os.environ["LUCCA_DEMO_KEY"],
            "start_date": "2020-01-01",
            "requests_per_minute": 0,
            "responsible_id": env.ref("base.user_admin").id,
            "is_booking": False,
        }
    )
    connection.cron_id.write({"interval_number": 1, "interval_type": "minutes"})
    env.cr.commit()
    return connection


def synchronise(connection):
    """Synchronise until nothing is left to do, and return whether that was reached."""
    return any(connection._sync() for _round in range(MOST_ROUNDS))


def map_natures(connection):
    """Give the natures that the first look found their accounts."""
    domain = [
        ("code", "in", list(ACCOUNTS.values())),
        ("company_ids", "=", connection.company_id.id),
    ]
    accounts = {account.code: account for account in env["account.account"].search(domain)}
    for nature in env["lucca.mapping"].search([("kind", "=", "nature")]):
        nature.account_id = accounts.get(ACCOUNTS.get(nature.name))


def figures(connection):
    """Return what the synchronisation left in the database, as plain values."""
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
    """Return the words of the screens for each state and each reason."""
    selections = (documents._fields[name] for name in ("state", "reason"))
    return {key: label for one in selections for key, label in one._description_selection(env)}


def count(values):
    """Return how often each value occurs."""
    return {value: values.count(value) for value in set(values)}


def totals(moves):
    """Return the sum of the bills less the refunds as text, for each currency by name."""
    currencies = moves.grouped("currency_id").items()
    return {
        currency.name: f"{sum(moves.mapped('amount_total_in_currency_signed')) * -1:,.{currency.decimal_places}f}"
        for currency, moves in currencies
    }


def waiting(documents):
    """Return, for each reason, how many documents need attention, and the message of one of them."""
    blocked = documents.filtered(lambda document: document.state == "blocked").grouped("reason")
    return [
        {"reason": reason, "count": len(group), "message": group[0].message or ""}
        for reason, group in sorted(blocked.items())
    ]


prepare()
started = time.monotonic()
connection = connect()
synchronise(connection)
map_natures(connection)
connection.is_booking = True
finished = synchronise(connection)
seconds = time.monotonic() - started
env.invalidate_all()
report = {**figures(connection), "finished": finished, "seconds": seconds}
Path(os.environ["LUCCA_DEMO_REPORT"]).write_text(json.dumps(report))
