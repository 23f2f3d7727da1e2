"""Documents that come to wait for each reason, by what happens in Lucca or Odoo."""

from odoo.addons.lucca_invoices_sync.models.programs import is_program
from odoo.exceptions import UserError
from odoo.fields import Command

from tests.addon.common import LuccaCase
from tests.books import user_of

AUDITOR = "account.group_account_readonly"
BILLING = "account.group_account_invoice"
MANAGER = "account.group_account_manager"

#: The method that makes a document wait for each reason.
BROUGHT_BY = {
    "unknown_supplier": "without_supplier",
    "ambiguous_supplier": "with_two_suppliers",
    "unmapped_tax": "without_tax",
    "archived_account": "on_archived_account",
    "tax_mismatch": "with_other_vat",
    "total_mismatch": "with_other_total",
    "inactive_currency": "in_inactive_currency",
    "duplicate_bill": "typed_already",
    "closed_period": "of_another_addon",
    "unmapped_establishment": "without_journal",
    "invalid_document": "unreadable",
    "not_approved": "withdrawn",
    "doubtful_date": "of_no_date",
    "refused_by_odoo": "refused",
}


class WaysCase(LuccaCase):
    def prepare(self):
        super().prepare()
        self.users = {group: user_of(self.env, group) for group in (AUDITOR, BILLING, MANAGER)}
        self.users[MANAGER].group_ids += self.env.ref("base.group_partner_manager")

    def waiting(self, reason):
        """Return a document that waits for this reason."""
        document = getattr(self, BROUGHT_BY[reason])()
        self.assertEqual((document.state, document.reason), ("blocked", reason), document.message)
        return document

    # --- how documents come to wait -------------------------------------------------------------

    def without_supplier(self):
        self.connection.supplier_policy = "match"
        return self.book()

    def with_two_suppliers(self):
        for name in ("One", "Two"):
            self.env["res.partner"].create(
                {"name": name, "vat": "FR23334175221", "is_company": True}
            )
        return self.book()

    def without_tax(self):
        self.tax_20.copy({"name": "Another 20 %"})
        return self.book(lines=[(100, "0.2")])

    def on_archived_account(self):
        purchase = self.add_purchase(nature="Fournitures")
        first = self.book(purchase=purchase, lines=[(1, "0.2")])
        self.account = self.env["account.account"].create(
            {"code": "606499", "name": "Old", "account_type": "expense"}
        )
        first.nature_id.account_id = self.account
        self.account.active = False
        return self.book(purchase=purchase, lines=[(100, "0.2")])

    def with_other_vat(self):
        return self.book(excluding=100, taxes=[("0.2", 10)])

    def with_other_total(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase(), lines=[(1000, "0.2")])
        amounts = json["amountIncludingTaxes"]
        for side in ("base", "counter"):
            amounts[side]["includingTaxes"]["value"] = 900
        self.tenant.change(json, amountIncludingTaxes=amounts)
        self.sync()
        return self.document(json)

    def in_inactive_currency(self):
        self.env.ref("base.JPY").active = False
        return self.book(currency="JPY", lines=[(100, "0.2")], counter=("EUR", "0.0062"))

    def typed_already(self):
        first = self.book(number="FIRST", lines=[(1, "0.2")])
        self.typed = self.type_bill(first.move_id.partner_id, "F-1")
        purchase = self.tenant.purchases[first.purchase_lucca_id]
        return self.book(purchase=purchase, number="F-1", lines=[(100, "0.2")])

    def of_another_addon(self):
        """Return a document with a reason that only another addon gives: Odoo itself moves the accounting date."""
        document = self.without_supplier()
        document.reason = "closed_period"
        self.connection.supplier_policy = "create"
        return document

    def without_journal(self):
        other = self.env["res.company"].create({"name": "Without books"})
        self.env.user.company_ids |= other
        self.book()
        self.mapping("establishment").target_company_id = other
        for user in self.users.values():
            user.company_ids |= other
        return self.book()

    def unreadable(self):
        return self.book(documentDate="someday")

    def withdrawn(self):
        document = self.without_supplier()
        self.tenant.withdraw(self.tenant.documents[-1])
        self.sync()
        return document

    def of_no_date(self):
        return self.book(date="1900-01-01")

    def refused(self):
        """Return a document that another addon's rule refuses when it comes by itself."""
        moves = self.registry["account.move"]
        create = moves.create

        def refusing(this, vals_list):
            comes_by_itself = is_program(this.env)
            if comes_by_itself and any(vals.get("ref") == "BAD" for vals in vals_list):
                raise UserError("Bills need a project.")
            return create(this, vals_list)

        self.patch(moves, "create", refusing)
        return self.book(number="BAD")

    def type_bill(self, partner, number):
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-01-15",
                "ref": number,
                "invoice_line_ids": [
                    Command.create({"name": "x", "price_unit": 100, "tax_ids": self.tax_20.ids})
                ],
            }
        )

    def ways(self, document, group):
        user = self.users[group]
        document.invalidate_recordset(["ways_out"])
        theirs = document.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        return [way["label"] for way in theirs.ways_out or []]
