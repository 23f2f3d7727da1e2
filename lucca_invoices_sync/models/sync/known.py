"""The documents of a connection that Odoo knows, to compare with Lucca's counts and lists."""

from odoo.fields import Domain
from odoo.tools import SQL

from ...lucca.documents.booked_documents import CONFIRMED
from ..times import to_naive_utc


def _domain_known(connection, start):
    """Return the domain of the known documents that Lucca counts as approved since ``start`` (aware).

    Documents without a date of creation count as created at ``start``.
    """
    return [
        ("connection_id", "=", connection.id),
        ("is_withdrawn", "=", False),
        "|",
        ("lucca_created_at", "=", False),
        ("lucca_created_at", ">=", to_naive_utc(start)),
    ]


def count_known(connection, start, since):
    """Return how many documents, of those known since ``start``, were created at ``since`` or later."""
    domain = _domain_known(connection, start)
    if since > start:
        domain.append(("lucca_created_at", ">=", to_naive_utc(since)))
    return connection.env["lucca.document"].search_count(domain)


def find_restless(connection):
    """Return the documents to read again whatever Lucca counts: ``(doubtful, stale)``.

    ``doubtful`` is the oldest document that Lucca listed although its own state was not approved, or
    empty. ``stale`` are those that a person retried.
    """
    doubtful = Domain("state", "in", ("blocked", "ignored"))
    doubtful &= Domain("conformity_state", "not in", (CONFIRMED, False))
    doubtful &= Domain(_domain_known(connection, connection._start_moment()))
    stale = Domain("is_stale", "=", True) & Domain("connection_id", "=", connection.id)
    documents = connection.env["lucca.document"]
    found = documents.search(doubtful | stale, order="lucca_created_at NULLS FIRST")
    return found.filtered_domain(doubtful)[:1], found.filtered("is_stale")


def find_check_start(connection):
    """Return the moment (aware) since which a full check lists documents.

    It is the start date, or the day of the oldest document that Odoo works on, if that is earlier: the
    start date was moved after its bill was created, or a person had it tried again.
    """
    start, documents = connection._start_moment(), connection.env["lucca.document"]
    older = documents._domain_older(connection) & Domain("state", "!=", "ignored")
    oldest = documents.search(older, order="lucca_created_at, id", limit=1).lucca_created_at
    return connection._start_moment(oldest.date()) if oldest else start


def find_unseen(connection, start, number, limit=None):
    """Return the documents, of those known since ``start``, that the listing of this number did not contain."""
    unseen = [*_domain_known(connection, start), ("seen_in", "<", number)]
    return connection.env["lucca.document"].search(unseen, limit=limit)


def mark_seen(documents, number):
    """Write the number of the whole listing that contains these documents; 0 for none."""
    if number:
        documents.filtered(lambda one: one.seen_in != number).seen_in = number


def count_purchases(connection):
    """Return how many different purchases the documents of a connection have."""
    query = connection.env["lucca.document"]._search([("connection_id", "=", connection.id)])
    sql = query.select(SQL("count(DISTINCT purchase_lucca_id)"))
    return connection.env.execute_query(sql)[0][0]
