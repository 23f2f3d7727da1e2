"""The documents of a connection that Odoo knows, to compare with Lucca's counts and lists."""

from odoo.fields import Domain

from ...lucca.documents.booked_documents import CONFIRMED
from ..times import to_naive_utc


def _domain_known(connection):
    """Return the domain of the known documents that Lucca counts as approved since the start date."""
    return [
        ("connection_id", "=", connection.id),
        ("is_withdrawn", "=", False),
        "|",
        ("lucca_created_at", "=", False),
        ("lucca_created_at", ">=", to_naive_utc(connection._start_moment())),
    ]


def count_known(connection, since):
    """Return how many known documents were created at ``since`` (aware) or later.

    Documents without a date of creation count as created at the start date.
    """
    domain = _domain_known(connection)
    if since > connection._start_moment():
        domain.append(("lucca_created_at", ">=", to_naive_utc(since)))
    return connection.env["lucca.document"].search_count(domain)


def find_restless(connection):
    """Return the documents to read again whatever Lucca counts: ``(doubtful, stale)``.

    ``doubtful`` is the oldest document that Lucca listed although its own state was not approved, or
    empty. ``stale`` are those that a person retried.
    """
    doubtful = Domain("state", "in", ("blocked", "ignored"))
    doubtful &= Domain("conformity_state", "not in", (CONFIRMED, False))
    doubtful &= Domain(_domain_known(connection))
    stale = Domain("is_stale", "=", True) & Domain("connection_id", "=", connection.id)
    documents = connection.env["lucca.document"]
    found = documents.search(doubtful | stale, order="lucca_created_at NULLS FIRST")
    return found.filtered_domain(doubtful)[:1], found.filtered("is_stale")


def find_unseen(connection, number):
    """Return the known documents that the whole listing of this number did not contain."""
    unseen = [*_domain_known(connection), ("seen_in", "<", number)]
    return connection.env["lucca.document"].search(unseen)


def mark_seen(documents, number):
    """Write the number of the whole listing that contains these documents; 0 for none."""
    if number:
        documents.filtered(lambda one: one.seen_in != number).seen_in = number
