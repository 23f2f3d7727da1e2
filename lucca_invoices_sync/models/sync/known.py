"""Which documents of a connection Odoo knows, as far as counting and listing are concerned."""

from odoo.fields import Domain

from ...lucca.documents.booked_documents import CONFIRMED
from ..times import to_naive_utc


def _domain_known(connection):
    """What Lucca counts as approved since the start date, as far as Odoo knows."""
    return [
        ("connection_id", "=", connection.id),
        ("is_withdrawn", "=", False),
        "|",
        ("lucca_created_at", "=", False),
        ("lucca_created_at", ">=", to_naive_utc(connection._start_moment())),
    ]


def count_known(connection, since):
    """Return how many were created at an aware moment or later; without a date: at the start."""
    domain = _domain_known(connection)
    if since > connection._start_moment():
        domain.append(("lucca_created_at", ">=", to_naive_utc(since)))
    return connection.env["lucca.document"].search_count(domain)


def find_restless(connection):
    """Return what is read again whatever Lucca counts: ``(doubtful, stale)``.

    The first is the oldest document that Lucca listed although its own state was not the
    approved one, the others those that a person wants retried.
    """
    doubtful = Domain("state", "in", ("blocked", "ignored"))
    doubtful &= Domain("conformity_state", "not in", (CONFIRMED, False))
    doubtful &= Domain(_domain_known(connection))
    stale = Domain("is_stale", "=", True) & Domain("connection_id", "=", connection.id)
    documents = connection.env["lucca.document"]
    found = documents.search(doubtful | stale, order="lucca_created_at NULLS FIRST")
    return found.filtered_domain(doubtful)[:1], found.filtered("is_stale")


def find_unseen(connection, number):
    """Return the known documents that a whole listing of this number did not show."""
    unseen = [*_domain_known(connection), ("seen_in", "<", number)]
    return connection.env["lucca.document"].search(unseen)


def mark_seen(documents, number):
    """Remember which whole listing showed these documents last."""
    if number:
        documents.filtered(lambda one: one.seen_in != number).seen_in = number
