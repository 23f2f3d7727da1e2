from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from ..bill import rewriting
from ..bill.completion import keep_comparison
from ..bill.preparation import CompanyBooks
from ..document import change, content
from ..troubles import contained

#: Documents that become bills before they are committed: more cost Odoo little less time each.
BATCH = 200


class LuccaSyncBook(models.AbstractModel):
    _name = "lucca.sync.book"
    _description = "Step 3: Book the Documents"

    @api.model
    def _work(self, turn):
        """Make a bill or a refund of every resolved document, batch by batch."""
        for company, members in self._find_resolved(turn).items():
            # Taxes, accounts and checks are those of the bill's company, whoever synchronises.
            step = self.with_company(company)
            books = CompanyBooks(company.with_env(step.env))
            for batch in split_every(BATCH, members.ids, step.env["lucca.document"].browse):
                turn.durably(lambda s=step, b=batch, k=books: s._book(turn, b, k), len(batch))
                yield

    def _find_resolved(self, turn):
        """``{company: documents}`` that are to be booked now, in the order of their dates."""
        documents = self.env["lucca.document"]
        resolved = [*documents._domain_to_do(turn.connection), ("is_resolved", "=", True)]
        found = documents.search(resolved, order="company_id, document_date, id")
        return found.grouped("company_id")

    @api.model
    def _describe_progress(self, connection):
        """Return what this step does, in words, and how many documents are left to it."""
        documents = self.env["lucca.document"]
        return self.env._("Creating bills"), documents.search_count(
            documents._domain_to_do(connection)
        )

    def _book(self, turn, documents, books):
        new = documents.filtered(lambda document: not document.move_id)
        for bill in self._make_bills(turn, documents, books):
            is_compared = bill.electronic or bill.document.electronic_check
            if is_compared and _has_its_bill(bill.document):
                keep_comparison(bill, is_new_bill=bill.document in new)

    def _make_bills(self, turn, documents, books):
        """Book what of a batch is still to be booked; return the ``Bill``s of what was fit."""
        documents = documents._still_to_do().filtered(
            lambda one: one.is_resolved and not one.is_stale
        )
        documents.fetch(["payload"])  # it is not prefetched, and all of the batch is needed
        bills = self.env["lucca.bill"]._prepare_batch(turn, documents, books)
        self._create_bills(turn, bills)
        return bills

    def _create_bills(self, turn, bills):
        """Create all bills at once; on an error halve them until the culprit stands alone."""
        if not bills:
            return
        if len(bills) == 1:
            with contained(bills[0].document, turn):
                self._create_alone(turn, bills[0])
            return
        try:
            self._create_batch(turn, bills)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # nothing is wrong with the documents
        except Exception:  # noqa: BLE001  (whatever an addon raises is one document's)
            middle = len(bills) // 2
            self._create_bills(turn, bills[:middle])
            self._create_bills(turn, bills[middle:])

    def _create_alone(self, turn, bill):
        """Create a bill; with one line a VAT rate where its electronic invoice's lines are refused."""
        try:
            self._create_batch(turn, [bill])
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            if not bill.has_items:
                raise
            books = CompanyBooks(bill.company, takes_items=False)
            bill.become(self.env["lucca.bill"]._prepare_alone(bill.document, books))
            self._create_batch(turn, [bill])

    def _create_batch(self, turn, bills):
        """All bills and their documents' state in one savepoint, or none."""
        with self.env.cr.savepoint():
            new = [bill for bill in bills if not bill.document.move_id]
            moves = self._create_moves(new)
            for move, bill in zip(moves, new, strict=True):
                self._complete(bill, move)
            for bill in bills:
                if bill not in new:
                    self._follow(bill)
            documents = self.env["lucca.document"].union(*(bill.document for bill in bills))
            self.env["lucca.bill.refund"]._link(documents)
            describe = self.env["lucca.bill"]._describe
            moves._message_log_batch(
                {move.id: describe(bill, move) for move, bill in zip(moves, new, strict=True)}
            )
            self.env.flush_all()  # so that a refusal of the database is raised in here
        turn.add_documents(booked=documents.browse().union(*(bill.document for bill in new)))

    def _create_moves(self, bills):
        # Our own note says that the bill was created, and where from.
        moves = self.env["account.move"].with_context(mail_create_nolog=True)
        return moves.create([bill.values for bill in bills]).with_env(self.env)

    def _complete(self, bill, move):
        """Check a bill, and give it to its document."""
        self.env["lucca.bill.check"]._check(bill, move)
        document, is_new = bill.document, not bill.document.move_id
        # A draft that was left for a doubt is posted when Lucca's correction ends it.
        is_open = is_new or document.is_left_draft or document.is_to_post
        document._book_as(
            move,
            **rewriting.made_of(bill, move),
            is_to_post=is_open and document.connection_id.auto_post,
        )
        if is_new:
            document._expect_files()

    def _follow(self, bill):
        """Make an untouched draft anew from what changed in Lucca; leave any other as it is."""
        document, move = bill.document, bill.document.move_id
        if not (rewriting.is_alike(bill) and change.is_untouched(document)):
            change.keep(document)
            return
        before = content.in_words(move)
        rewriting.write(bill)
        self._complete(bill, move)
        rewritten = content.rewritten(before, content.in_words(move))
        change.note_followed(document, rewritten, self.env["lucca.bill"]._describe(bill, move))


def _has_its_bill(document):
    """Whether the bill is made, and shows what Lucca says."""
    return document.state == "imported" and not document.is_changed
