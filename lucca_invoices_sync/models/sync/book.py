from odoo import api, fields, models
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from ..bill import posting
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
        to_post = self._make_bills(turn, documents, books)
        if turn.connection.auto_post:
            posting.post([bill for bill in to_post if _has_its_bill(bill.document)])

    def _make_bills(self, turn, documents, books):
        """Book what of a batch is still to be booked; return the ``Bill``s that may be posted."""
        documents = documents._still_to_do().filtered(
            lambda one: one.is_resolved and not one.is_stale
        )
        documents.fetch(["payload"])  # it is not prefetched, and all of the batch is needed
        bills = self.env["lucca.bill"]._prepare_batch(turn, documents, books)
        # A draft that was left for a doubt is posted when Lucca's correction ends it.
        to_post = [
            bill for bill in bills if not bill.document.move_id or bill.document.is_left_draft
        ]
        self._create_bills(turn, bills)
        return to_post

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
        document._book_as(
            move,
            bill_fingerprint=content.fingerprint(move, bill.values),
            is_doubtful=bool(bill.doubts),
        )
        if is_new:
            document._expect_files()

    def _follow(self, bill):
        """Make an untouched draft anew from what changed in Lucca; leave any other as it is."""
        document, move = bill.document, bill.document.move_id
        kept = {"move_type", "company_id"}
        is_alike = (move.move_type, move.company_id.id) == (
            bill.values["move_type"],
            bill.values["company_id"],
        )
        if not (is_alike and change.is_untouched(document)):
            change.keep(document)
            return
        before = content.in_words(move)
        values = {name: value for name, value in bill.values.items() if name not in kept}
        lines = [Command.clear(), *values["invoice_line_ids"]]
        move.write({**self._left_to_odoo(bill), **values, "invoice_line_ids": lines})
        self._complete(bill, move)
        rewritten = content.rewritten(before, content.in_words(move))
        change.note_followed(document, rewritten, self.env["lucca.bill"]._describe(bill, move))

    def _left_to_odoo(self, bill):
        """What a new bill gets where Lucca says nothing: the draft has what it said before."""
        found = {**self._terms_of_odoo(bill), **self._proposed_by_odoo(bill)}
        return {name: value for name, value in found.items() if name not in bill.values}

    def _terms_of_odoo(self, bill):
        """Odoo finds the due date by the payment term; without one it is the day of the bill's making."""
        if "invoice_date_due" in bill.values:
            return {}
        partner = bill.partner.with_company(bill.company)
        usual = partner.property_supplier_payment_term_id.id
        if term := bill.values.get("invoice_payment_term_id", usual):
            return {"invoice_payment_term_id": term}
        today = fields.Date.context_today(self)
        return {"invoice_payment_term_id": False, "invoice_date_due": today}

    def _proposed_by_odoo(self, bill):
        """Odoo's exchange rate, and its bank account unless Lucca names one that is unknown."""
        new = self.env["account.move"].new({**bill.values, "invoice_line_ids": []})
        is_named = bill.booked.iban or bill.supplier_mapping.iban
        return {
            "invoice_currency_rate": new.invoice_currency_rate,
            "partner_bank_id": not is_named and new.partner_bank_id.id,
        }


def _has_its_bill(document):
    """Whether the bill is made, and shows what Lucca says."""
    return document.state == "imported" and not document.is_changed
