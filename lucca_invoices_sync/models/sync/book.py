from functools import partial

from odoo import api, models

from ..bill import dates, rewriting, unmapped
from ..bill.books import CompanyBooks
from ..bill.completion import keep_comparison
from ..document import change, content
from ..savepoints import LOST, Savepoint
from ..troubles import contained
from .batches import RefusedTogether, in_batches

#: How many documents are booked in one transaction. A larger number hardly saves time.
BATCH = 200
#: How many drafts are written again in one transaction. Odoo takes several tenths of a second for each.
REWRITTEN_AT_ONCE = 10


class LuccaSyncBook(models.AbstractModel):
    _name = "lucca.sync.book"
    _description = "Step 3: Book the Documents"

    @api.model
    def _work(self, turn):
        """Create a bill or refund for each resolved document, batch by batch."""
        for company, members in self._find_resolved(turn).items():
            # Taxes, accounts and checks are those of the bill's company, which may not be the connection's.
            step = self.with_company(company)
            documents = members.with_env(step.env)
            drafts = documents.filtered("move_id")
            book = partial(step._book, turn, CompanyBooks(company.with_env(step.env)))
            yield from in_batches(turn, documents - drafts, BATCH, book)
            yield from in_batches(turn, drafts, REWRITTEN_AT_ONCE, book)

    def _find_resolved(self, turn):
        """Return ``{company: documents}`` that are to be booked now, in the order of their dates."""
        documents = self.env["lucca.document"]
        resolved = [*documents._domain_to_do(turn.connection), ("is_resolved", "=", True)]
        found = documents.search(resolved, order="company_id, document_date, id")
        return found.grouped("company_id")

    @api.model
    def _describe_progress(self, connection):
        """Return ``(what this step does, how many documents it has left)``."""
        documents = self.env["lucca.document"]
        return self.env._("Creating bills"), documents.search_count(
            documents._domain_to_do(connection)
        )

    def _book(self, turn, books, documents):
        new = documents.filtered(lambda document: not document.move_id)
        for bill in self._make_bills(turn, documents, books):
            is_compared = bill.electronic or bill.document.electronic_check
            if is_compared and _has_its_bill(bill.document):
                keep_comparison(bill, books, is_new_bill=bill.document in new)

    def _make_bills(self, turn, documents, books):
        """Book those documents of a batch that are still to be booked; return their ``Bill``s.

        Documents that cannot be prepared have no ``Bill``: they became blocked or failed.

        :raises RefusedTogether: one of several bills is refused
        """
        documents = documents._still_to_do().filtered(
            lambda one: one.is_resolved and not one.is_stale
        )
        documents.fetch(["payload"])  # by one query, as this field is not prefetched
        bills = self.env["lucca.bill"]._prepare_batch(turn, documents, books)
        self._create_bills(turn, bills)
        return bills

    def _create_bills(self, turn, bills):
        """Create all bills at once, or raise ``RefusedTogether``. If there is one only, its document says why not."""
        if not bills:
            return
        if len(bills) == 1:
            with contained(bills[0].document, turn):
                self._create_alone(turn, bills[0])
            return
        try:
            self._create_batch(turn, bills)
        except LOST:
            raise  # nothing is wrong with the documents
        except Exception as error:  # an addon may raise anything for one of the documents
            raise RefusedTogether from error

    def _create_alone(self, turn, bill):
        """Create one bill.

        If it is refused with the lines of its electronic invoice, create it with one line a VAT rate.
        """
        try:
            self._create_batch(turn, [bill])
        except LOST:
            raise
        except Exception:
            if not bill.has_items:
                raise
            books = CompanyBooks(bill.company, takes_items=False)
            bill.become(self.env["lucca.bill"]._prepare_alone(bill.document, books))
            self._create_batch(turn, [bill])

    def _create_batch(self, turn, bills):
        """Create or rewrite all bills, with the states of their documents, in one savepoint."""
        documents = self.env["lucca.document"].union(*(bill.document for bill in bills))
        refunds = self.env["lucca.bill.refund"]
        with Savepoint(self.env.cr):
            purchases = refunds._purchases_of(documents)
            new = [bill for bill in bills if not bill.document.move_id]
            moves = self._create_moves(new)
            for move, bill in zip(moves, new, strict=True):
                self._check_and_link(bill, move)
            for bill in bills:
                if bill not in new:
                    self._follow(bill)
            refunds._link(documents, purchases)
            describe = self.env["lucca.bill"]._describe
            moves._message_log_batch(
                {move.id: describe(bill, move) for move, bill in zip(moves, new, strict=True)}
            )
            self.env.flush_all()  # errors of the database must be raised within the savepoint
        turn.add_documents(booked=documents.browse().union(*(bill.document for bill in new)))

    def _create_moves(self, bills):
        # The note of this addon replaces Odoo's note that the bill was created.
        moves = self.env["account.move"].with_context(mail_create_nolog=True)
        return moves.create([bill.values for bill in bills]).with_env(self.env)

    def _check_and_link(self, bill, move):
        """Check the ``account.move`` of a ``Bill``, and link its document to it."""
        self.env["lucca.bill.check"]._check(bill, move)
        dates.doubt_fiscal_year(bill, move)
        document, is_new = bill.document, not bill.document.move_id
        # A bill that stayed a draft because of a doubt is posted once a correction in Lucca ends the doubt.
        is_open = is_new or document.is_left_draft or document.is_to_post
        document._book_as(
            move,
            **rewriting.made_of(bill, move),
            is_to_post=is_open and document.connection_id.auto_post,
        )
        if is_new:
            document._expect_files()

    def _follow(self, bill):
        """Rewrite an untouched draft from the changed document; leave any other bill as it is."""
        document, move = bill.document, bill.document.move_id
        if not (rewriting.is_alike(bill) and change.is_untouched(document)):
            change.keep(document)
            return
        before, is_mapped = content.in_words(move), unmapped.ends_doubt(bill)
        rewriting.write(bill)
        self._check_and_link(bill, move)
        rewritten = content.rewritten(before, content.in_words(move))
        description = self.env["lucca.bill"]._describe(bill, move)
        change.note_followed(document, rewritten, description, is_mapped)


def _has_its_bill(document):
    """Return whether a document has its bill, and the bill shows its present contents."""
    return document.state == "imported" and not document.is_changed
