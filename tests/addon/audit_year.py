"""A year of documents with each kind of trouble, for the tests of the audit trail."""

from odoo.fields import Command

from tests.addon.common import LuccaCase
from tests.books import user_of

BILLING = "account.group_account_invoice"
#: ``{number of the document: how its difference is explained}``. The other documents have no difference.
EXPLAINED = {
    "LINKED": "linked",
    "HAND": "by_hand",
    "IGNORED": "not_imported",
    "CHANGED": "changed_in_lucca",
    "EDITED": "bill_changed",
    "DELETED": "bill_deleted",
    "CANCELLED": "bill_cancelled",
    "LOST": "not_recovered",
    "OWED": "self_assessed",
    "CENT": "rounding",
    "DOLLARS-LINKED": "other_currency",
    "WAITS": "waits",
    "UNREADABLE": "waits",
    "WITHDRAWN": "withdrawn",
}


class AuditCase(LuccaCase):
    def have_a_year(self):
        """Make documents of 2026 that end in each possible way, by synchronisations and buttons. Return them."""
        self.purchase = self.add_purchase()
        self.env.ref("base.USD").active = True
        file = self.have_plain_ones()
        self.have_unusual_amounts()
        self.server.faults.fail(404, times=1, path=file)
        self.sync()
        self.have_people_decide()
        self.have_waiting_ones()
        return self.documents()

    def add(self, number, *lines, kind="invoice", **values):
        values = {"date": "2026-03-15", "purchase": self.purchase, **values}
        if lines:
            values["lines"] = lines
        return getattr(self.tenant, f"add_{kind}")(number=number, **values)

    def one(self, number):
        return self.documents().filtered(lambda document: document.number == number)

    def have_plain_ones(self):
        """Make documents without trouble. Return the id of the first one's file."""
        plain = self.add("PLAIN", (100, "0.2"), files=["facture.pdf"])
        self.add("TWO-RATES", (100, "0.2"), (50, "0.1"), date="2026-04-01")
        self.add("NEGATIVE", (-40, "0.2"), date="2026-05-01")
        self.add("CREDIT", (30, "0.2"), kind="credit_note", date="2026-05-02")
        self.add("CREDIT-NEGATIVE", (-30, "0.2"), kind="credit_note", date="2026-05-03")
        self.add("DOLLARS", (100, "0.2"), currency="USD", counter=("EUR", "0.8"))
        self.add("=1+1", (10, "0.2"), date="2026-06-01")
        for number in ("CHANGED", "EDITED", "DELETED", "CANCELLED", "WITHDRAWN-LATER"):
            self.add(number, (200, "0.2"), date="2026-07-01")
        return plain["attachments"][0]["file"]["id"]

    def have_unusual_amounts(self):
        german = self.add_purchase(supplier_name="Kessler GmbH", vat="DE462612124", territory="DE")
        self.add("LOST", excluding=100, taxes=[("0.2", 20)], cost=120)
        owed = self.add("OWED", excluding=100, taxes=[], purchase=german)
        self.list_self_assessed(owed)
        self.add("DOUBTFUL", excluding=100, taxes=[("0.2", 10)])
        self.add("CENT", excluding="21.23", taxes=[("0.2", "4.25")], including="25.47")

    def list_self_assessed(self, json):
        """List VAT that the buyer owes on a document, beside a total without it."""
        amounts = json["amountIncludingTaxes"]
        for side in ("base", "counter"):
            amounts[side]["taxes"] = [{"rateTypeId": 45, "value": 20, "currency": "EUR"}]
        self.tenant.change(json, amountIncludingTaxes=amounts, intraCommunityTaxes=True)

    def have_people_decide(self):
        self.person = user_of(self.env, BILLING, name="Camille Martin", login="camille")
        partner = self.one("PLAIN").move_id.partner_id
        self.one("CHANGED").move_id.action_post()
        self.tenant.change(self.json("CHANGED"), **self.amounts_of(300))
        self.tenant.withdraw(self.json("WITHDRAWN-LATER"))
        self.one("PLAIN").move_id.action_post()
        edited = self.one("EDITED").move_id
        edited.invoice_line_ids[0].price_unit = 150
        self.one("DOUBTFUL").with_user(self.person).action_book_anyway()
        self.one("DELETED").move_id.with_user(self.person).unlink()
        self.one("CANCELLED").move_id.button_cancel()
        for number, currency in (("LINKED", "EUR"), ("DOLLARS-LINKED", "USD")):
            self.typed = self.type_bill(partner, number, currency)
            self.add(number, (100, "0.2"), date="2026-08-01")
        self.sync()
        for number in ("LINKED", "DOLLARS-LINKED"):
            bill = self.env["account.move"].search([("ref", "=", number), ("id", "!=", False)])
            self.one(number).with_user(self.person).action_link_bill(bill[:1].id)
        self.audit()

    def have_waiting_ones(self):
        self.connection.supplier_policy = "match"
        unknown = self.add_purchase(supplier_name="Inconnu & fils", vat="")
        for number in ("WAITS", "IGNORED", "HAND", "WITHDRAWN"):
            self.add(number, (100, "0.2"), purchase=unknown, date="2026-09-01")
        self.add("UNREADABLE", (100, "0.2"), dueDate="someday")
        self.sync()
        self.one("IGNORED").with_user(self.person).action_ignore("Paid in cash")
        self.one("HAND").with_user(self.person).action_enter_by_hand()
        self.tenant.withdraw(self.json("WITHDRAWN"))
        self.audit()

    def audit(self):
        """Make an audit: list all documents again, to find changes and withdrawals."""
        self.connection.last_audit_at = "2026-01-01 00:00:00"
        self.sync()

    def json(self, number):
        return next(one for one in self.tenant.documents if one["documentNumber"] == number)

    def amounts_of(self, excluding):
        """Return the amounts of an invoice with 20 % of VAT, as values to change a document with."""
        other = self.add("OTHER", (excluding, "0.2"), state="ToReview")
        self.tenant.delete(other)
        return {name: other[name] for name in ("amountIncludingTaxes", "costAmount")}

    def type_bill(self, partner, number, currency):
        """Create a bill as a person would type it, a cent below Lucca's total."""
        line = {"name": "Typed", "price_unit": 99.99, "tax_ids": [Command.set(self.tax_20.ids)]}
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": partner.id,
                "currency_id": self.env.ref(f"base.{currency}").id,
                "invoice_date": "2026-08-01",
                "ref": number,
                "invoice_line_ids": [Command.create(line)],
            }
        )
