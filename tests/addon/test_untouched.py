"""A draft counts as touched by any work of a person, which is never overwritten."""

from datetime import date, timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.fields import Command

from tests.addon.common import LuccaCase


class UntouchedCase(LuccaCase):
    days = 0

    def bills(self, names, **values):
        """Return a draft for each name, which is its number in Lucca."""
        purchase = self.add_purchase()
        for name in names:
            values = {"lines": [(100, "0.2")], "date": "2026-01-15", **values}
            self.tenant.add_invoice(purchase=purchase, number=name, **values)
        self.sync()
        documents = {one.number: one for one in self.documents()}
        self.assertEqual({one.state for one in documents.values()}, {"imported"})
        return {name: documents[name].move_id for name in names}

    def change_all(self, **values):
        """Change all documents in Lucca, and make an audit find the changes."""
        for json in list(self.tenant.documents):
            self.tenant.change(json, **(values or {"dueDate": "2026-12-31"}))
        self.days += 8
        with freeze_time(fields.Datetime.now() + timedelta(days=self.days), tick=True):
            self.assertTrue(self.sync())

    def assertKept(self, bill, message=""):
        self.assertTrue(bill.lucca_document_id.is_changed, message)
        self.assertNotEqual(bill.invoice_date_due, date(2026, 12, 31), message)
        self.assertEqual(bill.activity_ids.summary, "Changed in Lucca", message)

    def assertFollowed(self, bill, message=""):
        self.assertFalse(bill.lucca_document_id.is_changed, message)
        self.assertEqual(bill.invoice_date_due, date(2026, 12, 31), message)


class TestMissingDueDate(UntouchedCase):
    def test_a_draft_that_follows_keeps_the_day_on_which_it_was_created(self):
        bill = self.bills(["A"], dueDate=None)["A"]
        created = bill.invoice_date_due
        self.change_all(documentNumber="B")
        self.assertEqual((bill.ref, bill.invoice_date_due), ("B", created))


class TestWorkOfPeople(UntouchedCase):
    """A change of any field that a refresh would write counts, however it was written."""

    def works(self):
        """Return ``{name: function that does a person's work on a bill}``."""
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "FR7630006000011234567890189", "partner_id": self.supplier.id}
        )
        product = self.env["product.product"].create({"name": "Chairs"})
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        project = self.env["account.analytic.account"].create({"name": "P", "plan_id": plan.id})
        account = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("code", "=like", "62%")], limit=1
        )
        position = self.env["account.fiscal.position"].create({"name": "Chosen"})
        tax = self.tax_20.copy({"name": "Other 20 %", "tax_scope": "consu"})

        def on_bill(**values):
            return lambda bill: bill.write(values)

        def on_lines(**values):
            return lambda bill: bill.invoice_line_ids.write(values)

        return {
            "bank account": on_bill(partner_bank_id=bank.id),
            "account taken away": on_bill(partner_bank_id=False),
            "payment reference": on_bill(payment_reference="RF18 5390 0754 7034"),
            "accounting date": on_bill(date="2026-02-01"),
            "fiscal position": on_bill(fiscal_position_id=position.id),
            "payment method": on_bill(preferred_payment_method_line_id=self.method.id),
            "product": on_lines(product_id=product.id),
            "deductible share": on_lines(deductible_amount=50),
            "account": on_lines(account_id=account.id),
            "analytic account": on_lines(analytic_distribution={str(project.id): 100}),
            "tax": on_lines(tax_ids=[Command.set(tax.ids)]),
            "discount": on_lines(discount=10),
            "tax amount": self.change_tax_amount,
        }

    def change_tax_amount(self, bill):
        tax, payable = (
            bill.line_ids.filtered("tax_line_id"),
            bill.line_ids.filtered("date_maturity"),
        )
        bill.line_ids = [
            Command.update(tax.id, {"balance": tax.balance + 0.01}),
            Command.update(payable.id, {"balance": payable.balance - 0.01}),
        ]

    @property
    def supplier(self):
        return self.env["res.partner"].search([("name", "=", "Papeterie Moreau")], limit=1)

    @property
    def method(self):
        return self.env["account.payment.method.line"].search(
            [("payment_type", "=", "outbound"), ("company_id", "=", self.company.id)], limit=1
        )

    def test_each_field_that_a_refresh_would_write_is_kept_and_told(self):
        supplier = self.env["res.partner"].create(
            {
                "name": "Papeterie Moreau",
                "vat": "FR23334175221",
                "is_company": True,
                "bank_ids": [Command.create({"acc_number": "FR7610107001011234567890129"})],
            }
        )
        self.assertTrue(self.method)
        works = self.works()
        bills = self.bills([*works, "nothing"])
        self.assertEqual(bills["nothing"].partner_id, supplier)
        self.assertTrue(bills["nothing"].partner_bank_id)
        for name, work in works.items():
            work(bills[name].with_context(skip_is_manually_modified=True))
            self.assertFalse(bills[name].is_manually_modified)
        self.change_all()
        for name in works:
            with self.subTest(name):
                self.assertKept(bills[name], name)
        self.assertFollowed(bills["nothing"])

    def test_an_exchange_rate_is_kept_and_told(self):
        self.env.ref("base.USD").active = True
        bills = self.bills(["rate", "nothing"], currency="USD", counter=("EUR", 0.9))
        skipping = bills["rate"].with_context(skip_is_manually_modified=True)
        skipping.invoice_currency_rate = 1.25
        self.change_all()
        self.assertKept(bills["rate"])
        self.assertFollowed(bills["nothing"])

    def test_a_bill_that_odoo_marks_as_modified_is_kept_and_told(self):
        bill = self.bills(["F-1"])["F-1"]
        bill.narration = "Ask Camille about this one"
        self.assertTrue(bill.is_manually_modified)
        self.change_all()
        self.assertKept(bill)

    def test_a_field_that_another_addon_adds_to_the_bill_counts(self):
        bills = self.env["lucca.bill"]
        original = type(bills)._prepare

        def prepare(this, document, books):
            bill = original(this, document, books)
            bill.values["invoice_source_email"] = "moreau@example.com"
            bill.values["access_token"] = "made"  # The module portal defines this field.
            return bill

        self.patch(type(bills), "_prepare", prepare)
        made = self.bills(["touched", "nothing"])
        made["touched"].with_context(skip_is_manually_modified=True).access_token = "other"
        self.change_all()
        self.assertKept(made["touched"])
        self.assertFollowed(made["nothing"])


class TestStates(UntouchedCase):
    """A bill that a person cancelled or reset to draft belongs to that person."""

    def test_a_bill_that_was_posted_and_reset_to_draft_is_kept(self):
        bill = self.bills(["F-1"])["F-1"]
        bill.action_post()
        bill.with_context(skip_is_manually_modified=True).button_draft()
        self.change_all()
        self.assertKept(bill)

    def test_a_bill_that_was_posted_by_itself_and_reset_to_draft_is_kept(self):
        self.connection.auto_post = True
        bill = self.bills(["F-1"])["F-1"]
        self.assertEqual(bill.state, "posted")
        bill.with_context(skip_is_manually_modified=True).button_draft()
        self.change_all()
        self.assertKept(bill)

    def test_a_draft_that_was_cancelled_is_kept(self):
        bill = self.bills(["F-1"])["F-1"]
        bill.button_cancel()
        self.change_all()
        self.assertKept(bill)
        self.assertEqual(bill.state, "cancel")

    def test_a_draft_that_was_cancelled_and_reset_is_kept(self):
        bill = self.bills(["F-1"])["F-1"]
        bill.button_cancel()
        bill.button_draft()
        self.change_all()
        self.assertKept(bill)


class TestWorkOfMachines(UntouchedCase):
    """What the synchronisation and Odoo write by themselves does not count as a person's work."""

    def test_attached_files_leave_the_draft_untouched(self):
        bill = self.bills(["F-1"], files=["scan.png", "facture.pdf"])["F-1"]
        self.assertEqual(bill.lucca_files_state, "done")
        self.assertTrue(bill.message_main_attachment_id)
        self.assertFalse(bill.is_manually_modified)
        self.change_all()
        self.assertFollowed(bill)

    def test_a_draft_that_follows_stays_untouched(self):
        bill = self.bills(["F-1"])["F-1"]
        self.change_all(documentNumber="F-2")
        self.assertFalse(bill.is_manually_modified)
        self.change_all()
        self.assertFollowed(bill)

    def test_a_refund_that_is_linked_to_its_bill_stays_untouched(self):
        purchase = self.add_purchase()
        refund = self.book("credit_note", purchase=purchase, lines=[(100, "0.2")], number="A-1")
        bill = self.book(purchase=purchase, lines=[(100, "0.2")], date="2026-01-10", number="F-1")
        self.assertEqual(refund.move_id.reversed_entry_id, bill.move_id)
        self.change_all(documentNumber="A-2", documentDate="2026-01-14")
        self.assertEqual(refund.move_id.ref, "A-2")

    def test_events_around_a_draft_leave_it_untouched(self):
        bill = self.bills(["F-1"])["F-1"]
        bill.partner_id.bank_ids = [Command.create({"acc_number": "DE89370400440532013000"})]
        bill.partner_id.property_supplier_payment_term_id = self.env.ref(
            "account.account_payment_term_30days"
        )
        bill.message_post(body="Where is the order?")
        bill.activity_schedule("mail.mail_activity_data_todo", user_id=self.env.uid)
        self.bills(["F-2"])["F-2"].action_post()
        self.change_all()
        self.assertFollowed(bill)


class TestMergedContacts(UntouchedCase):
    """Odoo's merge of contacts writes the remaining supplier to the bills by SQL."""

    def merge(self, supplier, **values):
        """Merge a supplier into a new contact; return the new one."""
        kept = self.env["res.partner"].create({"name": "Kept", "is_company": True, **values})
        account = {"acc_number": "FR7630006000011234567890189"}
        (supplier | kept).bank_ids = [Command.create(account)]
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((supplier | kept).ids, kept)
        return kept

    def test_a_draft_of_a_merged_supplier_stays_untouched(self):
        bill = self.bills(["F-1"])["F-1"]
        kept = self.merge(bill.partner_id)
        self.assertEqual(bill.partner_id, kept)
        self.change_all()
        self.assertFollowed(bill)

    def test_a_draft_that_a_person_edited_before_the_merge_is_kept(self):
        bill = self.bills(["F-1"])["F-1"]
        bill.narration = "Checked"
        self.merge(bill.partner_id)
        self.change_all()
        self.assertKept(bill)

    def test_a_supplier_that_a_person_changed_before_the_merge_is_kept(self):
        bill = self.bills(["F-1"])["F-1"]
        bill.partner_id = self.env["res.partner"].create({"name": "Chosen", "is_company": True})
        self.merge(bill.partner_id)
        self.change_all()
        self.assertKept(bill)

    def test_a_supplier_that_a_person_changes_after_the_merge_is_kept(self):
        bill = self.bills(["F-1"])["F-1"]
        self.merge(bill.partner_id)
        bill.partner_id = self.env["res.partner"].create({"name": "Chosen", "is_company": True})
        self.change_all()
        self.assertKept(bill)


class TestMergedAccounts(UntouchedCase):
    """Odoo's merge of the accounts of several companies writes the remaining account to the bills by SQL."""

    def merge(self, account):
        """Merge an account into another company's; return that one."""
        other = self.env["res.company"].create({"name": "Second"})
        self.env.user.company_ids |= other
        kept = self.env["account.account"].with_company(other)
        kept = kept.create(
            {
                "code": "607000",
                "name": "Kept",
                "account_type": account.account_type,
                "company_ids": other.ids,
            }
        )
        self.env.flush_all()
        companies = (self.company | other).ids
        self.env["account.merge.wizard"].with_context(allowed_company_ids=companies)._action_merge(
            kept | account
        )
        self.env.invalidate_all()
        return kept

    def test_a_draft_on_a_merged_account_stays_untouched(self):
        bill = self.bills(["F-1"])["F-1"]
        kept = self.merge(bill.invoice_line_ids.account_id)
        self.assertEqual(bill.invoice_line_ids.account_id, kept)
        self.change_all()
        self.assertFollowed(bill)

    def test_a_draft_that_a_person_edited_before_the_merge_is_kept(self):
        bill = self.bills(["F-1"])["F-1"]
        bill.narration = "Checked"
        self.merge(bill.invoice_line_ids.account_id)
        self.change_all()
        self.assertKept(bill)
