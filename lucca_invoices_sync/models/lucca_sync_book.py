from decimal import Decimal

from markupsafe import Markup
from odoo import api, models
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from ..lucca.amounts import split_by_rate, with_company_amounts
from ..texts import money
from ..troubles import Blocked, contained

BATCH = 50


class LuccaSyncBook(models.AbstractModel):
    _name = "lucca.sync.book"
    _description = "Step 3: Book the Documents"

    @api.model
    def _run(self, run, _client):
        """Make a bill or a refund of every resolved document, batch by batch."""
        connection = run.connection_id
        documents = self.env["lucca.document"].search(
            [*self.env["lucca.document"]._domain_to_do(connection), ("is_resolved", "=", True)],
            order="document_date, id",
        )
        for batch in split_every(BATCH, documents.ids, documents.browse):
            self._book(run, batch)
            self.env["lucca.sync"]._checkpoint(len(batch))

    def _book(self, run, documents):
        bills = []
        documents = documents._still_to_do()
        documents.fetch(["payload"])  # it is not prefetched, and all of the batch is needed
        for document in documents:
            with contained(document, run):
                bills.append((document, self._prepare_bill(document)))
        self._create_bills(run, bills)

    def _create_bills(self, run, bills):
        """Create all bills at once; on an error halve them until the culprit stands alone."""
        if not bills:
            return
        if len(bills) == 1:
            with contained(bills[0][0], run):
                self._create_batch(run, bills)
            return
        try:
            self._create_batch(run, bills)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # nothing is wrong with the documents
        except Exception:  # noqa: BLE001  (whatever an addon raises is one document's)
            middle = len(bills) // 2
            self._create_bills(run, bills[:middle])
            self._create_bills(run, bills[middle:])

    def _create_batch(self, run, bills):
        """All bills and their documents' state in one savepoint, or none."""
        with self.env.cr.savepoint():
            moves = self.env["account.move"].create([values for _document, values in bills])
            for move, (document, _values) in zip(moves, bills, strict=True):
                self._check_bill(document, move)
                document.write(self._prepare_imported(document, move))
            moves._message_log_batch(
                {document.move_id.id: self._describe(document) for document, _values in bills}
            )
            if run.connection_id.auto_post:
                moves.action_post()
            self.env.flush_all()  # so that a refusal of the database is raised in here
        run._add(booked=len(bills))

    def _check_bill(self, document, move):
        """Raise ``Blocked`` unless the bill has Lucca's total: some taxes pay themselves back."""
        base, _counter = document._booked_document().absolute()
        if move.currency_id.compare_amounts(move.amount_total, float(base.including_taxes)):
            raise Blocked(
                "total_mismatch",
                self.env._(
                    "With the tax %(taxes)s the bill would be %(bill)s instead of Lucca's"
                    " %(lucca)s: choose another tax in the mappings.",
                    taxes=", ".join(move.invoice_line_ids.tax_ids.mapped("name")),
                    bill=money(self.env, move.amount_total, base.currency),
                    lucca=money(self.env, base.including_taxes, base.currency),
                ),
            )

    def _prepare_imported(self, document, move):
        has_files = document.connection_id.attach_files and document._booked_document().attachments
        return {
            "state": "imported",
            "reason": False,
            "message": False,
            "move_id": move.id,
            "attempts": 0,
            "next_try_at": False,
            "files_state": "pending" if has_files else "none",
        }

    # --- the bill's values ----------------------------------------------------------------------

    @api.model
    def _prepare_bill(self, document):
        """The values of the bill; raise ``Blocked`` or ``DocumentError``. To be extended."""
        booked = document._booked_document()
        connection = document.connection_id
        values = {
            "move_type": "in_refund" if booked.is_refund else "in_invoice",
            "company_id": connection.company_id.id,
            "journal_id": connection.journal_id.id,
            "partner_id": self._supplier(document).id,
            "currency_id": self._currency(booked.base.currency).id,
            "invoice_date": booked.document_date,
            "ref": booked.number,
            "payment_reference": booked.number,
            **self._prepare_lines(document, booked),
        }
        if booked.due_date:
            # Lucca's due date wins over the payment term that the supplier has in Odoo.
            values |= {"invoice_date_due": booked.due_date, "invoice_payment_term_id": False}
        return values

    def _supplier(self, document):
        partner = document._mapping("supplier").partner_id
        if not partner:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "“%s” has no supplier in Odoo: choose one in the mappings.",
                    document.supplier_name or "?",
                ),
            )
        return partner

    def _currency(self, code):
        currency = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
        )
        if not currency:
            raise Blocked("invalid_document", self.env._("Currency %s is unknown to Odoo.", code))
        if not currency.active:
            raise Blocked(
                "inactive_currency",
                self.env._("Currency %s is not active in Odoo: activate it, then retry.", code),
            )
        return currency

    def _prepare_lines(self, document, booked):
        """The lines, and the currency rate when Lucca converted to the company's currency."""
        base, counter = booked.absolute()
        currency = self._currency(base.currency)
        company_currency = document.company_id.currency_id
        taxes = self._taxes(document, base)
        lines = split_by_rate(
            base,
            {rate_type_id: mapping._rate() for rate_type_id, mapping in taxes.items()},
            unit=_unit(currency),
            tolerance=Decimal(str(document.connection_id.tax_tolerance)),
        )
        rate = self._rate(base, counter, company_currency)
        if rate and currency != company_currency:
            lines = with_company_amounts(lines, counter, rate, _unit(company_currency))
        values = [
            self._prepare_line(document, line, taxes.get(line.rate_type_id), currency, rate)
            for line in lines
        ]
        return {
            "invoice_line_ids": [Command.create(line) for line in values],
            **({"invoice_currency_rate": float(rate)} if rate else {}),
        }

    def _rate(self, base, counter, company_currency):
        """Document's currency per unit of the company's; None where Odoo's own must do."""
        if base.currency == company_currency.name:
            return Decimal(1)
        if counter and counter.currency == company_currency.name and counter.including_taxes:
            return base.including_taxes / counter.including_taxes
        return None

    def _taxes(self, document, amounts):
        """``{rate_type_id: mapping}`` of the VAT rates; raise ``Blocked`` for one without tax."""
        mappings = {mapping.lucca_id: mapping for mapping in document._mapping("tax")}
        taxes = {tax.rate_type_id: mappings[tax.rate_type_id] for tax in amounts.taxes}
        missing = [tax for tax in amounts.taxes if not taxes[tax.rate_type_id].tax_id]
        if missing:
            raise Blocked(
                "unmapped_tax",
                self.env._(
                    "Choose Odoo's tax in the mappings for the VAT rate: %(rates)s.",
                    rates=", ".join(
                        self.env._(
                            "“%(name)s” (VAT of %(amount)s)",
                            name=taxes[tax.rate_type_id].display_name,
                            amount=money(self.env, tax.value, amounts.currency),
                        )
                        for tax in missing
                    ),
                ),
            )
        return taxes

    def _prepare_line(self, document, line, mapping, currency, rate):
        """One bill line with its amounts pinned."""
        tax = mapping.tax_id if mapping else self.env["account.tax"]
        account = document.connection_id.expense_account_id
        return {
            "name": " - ".join(filter(None, [document.purchase_name, mapping and mapping.name])),
            "quantity": 1.0,
            "price_unit": float(line.base),
            "tax_ids": [Command.set(tax.ids)],
            "extra_tax_data": _pinned(line, tax, currency, rate) if tax else False,
            **({"account_id": account.id} if account else {}),
        }

    # --- the bill's chatter ---------------------------------------------------------------------

    def _describe(self, document):
        """The note on a new bill: where it comes from and what is unusual about it."""
        booked = document._booked_document()
        link = Markup('<a href="%s/cleemy-procurement" target="_blank">%s</a>') % (
            document.connection_id._url(),
            document.display_name,
        )
        notes = [Markup(self.env._("From Lucca Invoices: %s")) % link]
        if document.purchase_name:
            notes.append(self.env._("Purchase: %s", document.purchase_name))
        if not booked.number:
            notes.append(self.env._("Lucca has no document number: complete the reference."))
        if booked.is_refund and booked.lucca_type == "Invoice":
            notes.append(
                self.env._("An invoice of a negative amount in Lucca: booked as a refund.")
            )
        return Markup("<br/>").join(notes)


def _unit(currency):
    return Decimal(str(currency.rounding))


def _pinned(line, tax, currency, rate):
    """``extra_tax_data`` that keeps Odoo from recomputing the line's amounts.

    Odoo reads it in ``account.tax._import_base_line_extra_tax_data`` as long as currency, price,
    discount and quantity are those given here. Without ``rate`` the company amounts are Odoo's.
    """
    base, tax_amount = float(line.base), float(line.tax)
    manual = {"base_amount_currency": base, "tax_amount_currency": tax_amount}
    pinned = {
        "currency_id": currency.id,
        "price_unit": base,
        "discount": 0.0,
        "quantity": 1.0,
        "manual_total_excluded_currency": base,
        "manual_tax_amounts": {str(tax.id): manual},
    }
    if rate:
        company_base = float(line.base if line.company_base is None else line.company_base)
        company_tax = float(line.tax if line.company_tax is None else line.company_tax)
        manual |= {"base_amount": company_base, "tax_amount": company_tax}
        pinned |= {"rate": float(rate), "manual_total_excluded": company_base}
    return pinned
