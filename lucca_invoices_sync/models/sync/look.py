from functools import partial
from typing import Any, NamedTuple

from odoo import api, models

from ...lucca.booking.bill_numbers import read_number
from ..bill.books import CompanyBooks
from ..savepoints import Savepoint
from ..supplier.identity import known_supplier
from .batches import in_batches
from .book import BATCH


class UncountedTurn:
    """Replaces the ``Turn`` for work that is rolled back, which must not be counted."""

    def __init__(self, turn):
        self.connection, self.env = turn.connection, turn.env

    def add_documents(self, **documents):
        """Count nothing."""

    def add(self, **counts):
        """Count nothing."""


class Outcome(NamedTuple):
    """The values that a document would have after booking."""

    state: str
    move_type: str | bool
    reason: str | bool
    message: str | bool
    values: dict[str, Any]

    @classmethod
    def of(cls, document):
        return cls(
            document.state,
            document.move_id.move_type,
            document.reason,
            document.message,
            {
                "may_be_accepted": document.may_be_accepted,
                "duplicate_move_id": document.duplicate_move_id.id,
                "is_resolved": document.is_resolved,
                "company_id": document.company_id.id,
            },
        )


class LuccaSyncLook(models.AbstractModel):
    """Finds out what booking would do, and keeps only that.

    It creates suppliers and bills by the code that books, within a savepoint that is rolled back.
    Therefore it cannot differ from what booking will do.
    """

    _name = "lucca.sync.look"
    _description = "Step 3 of a First Look: See What Booking Would Do"

    @api.model
    def _work(self, turn):
        """Find out what booking would make of each resolved document, batch by batch."""
        for company, members in self.env["lucca.sync.book"]._find_resolved(turn).items():
            step = self.with_company(company)
            documents = members.with_env(step.env)
            yield from in_batches(turn, documents, BATCH, partial(step._look, turn))

    @api.model
    def _describe_progress(self, connection):
        """Return ``(what this step does, how many documents it has left)``."""
        documents = self.env["lucca.document"]
        left = documents.search_count(documents._domain_to_do(connection))
        return self.env._("Looking at the documents"), left

    def _look(self, turn, documents):
        if turn.connection.is_booking:
            return  # a person has just started booking
        documents = documents._still_to_do().filtered(
            lambda one: one.is_resolved and not one.is_stale and not one.coming_as
        )
        if not documents:
            return
        outcomes = self._book_in_vain(turn, documents)
        for document, outcome in outcomes.items():
            if outcome.state == "blocked":
                document._block(turn, outcome.reason, outcome.message, **outcome.values)
            elif outcome.state == "failed":
                document._fail(turn, outcome.message)
        for kind in ("in_invoice", "in_refund"):
            coming = [one.id for one, outcome in outcomes.items() if outcome.move_type == kind]
            self._mark(documents.browse(coming), kind)

    def _mark(self, documents, kind):
        failed = documents.filtered(lambda document: document.state == "failed")
        failed._enter("retry")  # these failed before, and would be booked now
        documents.coming_as = kind

    def _book_in_vain(self, turn, documents):
        """Book documents of one company, roll that back, and return ``{document: Outcome}``."""
        uncounted, company = UncountedTurn(turn), documents.company_id
        with Savepoint(self.env.cr) as savepoint:
            self._make_suppliers(uncounted, documents)
            # These books are of no use afterwards: they may contain suppliers that the rollback removes.
            books = CompanyBooks(company.with_env(self.env))
            self.env["lucca.sync.book"]._make_bills(uncounted, documents, books)
            self.env.flush_all()
            outcomes = {document: Outcome.of(document) for document in documents}
            savepoint.rollback()
        return outcomes

    def _make_suppliers(self, uncounted, documents):
        """Create the suppliers of documents, and of other documents that may be the same bills."""
        mappings = {document: document._mapping("supplier") for document in documents}
        company = documents.company_id
        traces = {read_number(document.number or "").trace for document in documents}
        alike = documents._coming_alike(company, traces)
        new = (
            (documents | alike)
            ._mapping("supplier")
            .filtered(
                lambda one: one.is_to_create and not one.partner_id and one.company_id == company
            )
        )
        suppliers = self.env["lucca.supplier"].with_context(lucca_makes_suppliers=True)
        troubles = {}
        for members in new.grouped("connection_id").values():
            troubles |= suppliers._map_alone({one: known_supplier(one) for one in members})
        self.env["lucca.sync.resolve"]._settle(uncounted, mappings, troubles)
