from collections import Counter
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...lucca.documents.booked_documents import CONFIRMED, read_document
from ...lucca.documents.reading import loads
from ..times import to_naive_utc
from ..troubles import Blocked


class Left(NamedTuple):
    """What is left to do: ``waiting`` is ``{reason: number}`` of what waits for a person."""

    has_work: bool
    waiting: dict
    changed: int


class LuccaDocument(models.Model):
    """What the steps of a synchronisation ask of documents."""

    _inherit = "lucca.document"

    # --- one document ---------------------------------------------------------------------------

    def _booked_document(self):
        """The payload as a ``BookedDocument``; raise ``InvalidDocument``."""
        self.ensure_one()
        return read_document(loads(self.payload))

    def _mapping(self, kind):
        return self.mapping_ids.filtered(lambda mapping: mapping.kind == kind)

    def _journal(self):
        """The journal of the bill: the establishment's, else the connection's; or ``Blocked``."""
        _company, journal = self._mapping("establishment")._target()
        journal = journal or self.connection_id.journal_id
        if not journal.filtered_domain(journal._check_company_domain(self.company_id)):
            raise Blocked(
                "unmapped_establishment",
                self.env._(
                    "%s has no purchase journal: make one, then retry.", self.company_id.name
                ),
            )
        return journal

    # --- many documents -------------------------------------------------------------------------

    @api.model
    def _domain_to_do(self, connection):
        """What the steps may work on now."""
        return [
            ("connection_id", "=", connection.id),
            ("is_stale", "=", False),
            "|",
            ("state", "=", "pending"),
            "&",
            ("state", "=", "failed"),
            ("next_try_at", "<=", fields.Datetime.now()),
        ]

    def _still_to_do(self):
        """Those that still are: a person may have ignored some meanwhile."""
        return self.exists().filtered(lambda document: document.state in ("pending", "failed"))

    @api.model
    def _left(self, connection):
        """The ``Left`` of a connection, by one query."""
        work = ("pending", "failed")
        left = Domain("state", "in", (*work, "blocked")) | Domain("files_state", "in", work)
        left |= Domain("is_changed", "=", True)
        groups = self._read_group(
            Domain("connection_id", "=", connection.id) & left,
            ["state", "reason", "files_state", "is_changed"],
            ["__count"],
        )
        waiting = Counter()
        for state, reason, _files_state, _is_changed, count in groups:
            if state == "blocked":
                waiting[reason] += count
        return Left(
            has_work=any(group[0] in work or group[2] in work for group in groups),
            waiting=waiting,
            changed=sum(group[4] for group in groups if group[3]),
        )

    @api.model
    def _link_mappings(self, links):
        """Link documents to the references that they use: two queries for all of them.

        :param links: ``{document: mappings}``; written one by one, each document takes two
        """
        field = self._fields["mapping_ids"]
        table, one, other = map(SQL.identifier, (field.relation, field.column1, field.column2))
        documents = self.union(*links)
        pairs = [SQL("(%s, %s)", d.id, m.id) for d, mappings in links.items() for m in mappings]
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM %s WHERE %s IN %s", table, one, documents._ids))
        if pairs:
            values = SQL(", ").join(pairs)
            self.env.cr.execute(SQL("INSERT INTO %s (%s, %s) VALUES %s", table, one, other, values))
        documents.invalidate_recordset(["mapping_ids"], flush=False)
        self.env["lucca.mapping"].invalidate_model(["document_ids"], flush=False)
        documents.modified(["mapping_ids"])

    @api.model
    def _counts(self, connections, domain):
        """``{connection: number}`` of the documents of a domain."""
        mine = [("connection_id", "in", connections.ids), *domain]
        return dict(self._read_group(mine, ["connection_id"], ["__count"]))

    @api.model
    def _count_purchases(self, connection):
        """How many purchases the documents of a connection have."""
        query = self._search([("connection_id", "=", connection.id)])
        sql = query.select(SQL("count(DISTINCT purchase_lucca_id)"))
        return self.env.execute_query(sql)[0][0]

    # --- completeness ---------------------------------------------------------------------------

    @api.model
    def _domain_known(self, connection):
        """What Lucca counts as approved since the start date, as far as Odoo knows."""
        return [
            ("connection_id", "=", connection.id),
            ("is_withdrawn", "=", False),
            "|",
            ("lucca_created_at", "=", False),
            ("lucca_created_at", ">=", connection._start_moment().replace(tzinfo=None)),
        ]

    @api.model
    def _count_known(self, connection, since):
        """How many were created at an aware moment or later; without a date: at the start."""
        domain = self._domain_known(connection)
        if since > connection._start_moment():
            domain.append(("lucca_created_at", ">=", to_naive_utc(since)))
        return self.search_count(domain)

    @api.model
    def _restless(self, connection):
        """What is read again whatever Lucca counts: ``(doubtful, stale)``.

        The first is the oldest document that Lucca listed although its own state was not the
        approved one, the others those that a person wants retried.
        """
        doubtful = Domain("state", "in", ("blocked", "ignored"))
        doubtful &= Domain("conformity_state", "not in", (CONFIRMED, False))
        doubtful &= Domain(self._domain_known(connection))
        stale = Domain("is_stale", "=", True) & Domain("connection_id", "=", connection.id)
        found = self.search(doubtful | stale, order="lucca_created_at NULLS FIRST")
        return found.filtered_domain(doubtful)[:1], found.filtered("is_stale")

    @api.model
    def _unseen_in(self, connection, number):
        """The known documents that a whole listing of this number did not show."""
        return self.search([*self._domain_known(connection), ("seen_in", "<", number)])

    def _mark_seen(self, number):
        if number:
            self.filtered(lambda one: one.seen_in != number).seen_in = number
