"""A person is told where the electronic invoice differs from Lucca or Odoo."""

from html import unescape

from odoo.addons.lucca_invoices_sync.models.asking import find_asked
from odoo.addons.lucca_invoices_sync.models.bill import completion
from odoo.fields import Command

from tests.addon.electronic import ElectronicCase
from tests.simulator import electronic

IBAN, OTHER_IBAN = "FR7630006000011234567890189", "FR1420041010050500013M02606"
#: The same IBANs as banks print them, and as messages show them.
PRINTED, OTHER_PRINTED = "FR76 3000 6000 0112 3456 7890 189", "FR14 2004 1010 0505 0001 3M02 606"
OWN_IBAN = "FR3910278000010002071280128"
VAT, OTHER_VAT, OUR_VAT = "FR23334175221", "FR40303265045", "FR96552100554"
ROWS = (("S", "20", "100.00", "20.00"),)


class DifferencesCase(ElectronicCase):
    def prepare(self):
        super().prepare()
        self.company.write({"vat": OUR_VAT, "company_registry": False})
        self.supplier = self.env["res.partner"].create(
            {"name": "Papeterie Moreau", "vat": VAT, "is_company": True}
        )

    def know_account(self, iban=IBAN, partner=None):
        values = {"acc_number": iban, "partner_id": (partner or self.supplier).id}
        return self.env["res.partner.bank"].create(values)

    def differing(self, changed, **values):
        """Return the document of a new bill whose electronic invoice has other terms."""
        values = {"lines": [("100", "0.2")], **values}
        return self.book_electronic(ROWS, changed=changed, **values)

    def assertDiffers(self, document, *labels):
        self.assertEqual([row[0] for row in document.electronic_differences or []], [*labels])
        self.assertEqual(document.electronic_check, "differs" if labels else "agrees")
        self.assertRecordValues(
            document,
            [{"has_differences": bool(labels), "needs_attention": bool(labels)}],
        )


class TestDifferences(DifferencesCase):
    def test_each_difference_names_both_sides(self):
        self.know_account()
        for changed, label, theirs, ours in (
            ({"BT-84": OTHER_IBAN}, "Account to pay", OTHER_PRINTED, PRINTED),
            ({"BT-31": OTHER_VAT, "BT-27": "Autre"}, "Supplier", f"Autre ({OTHER_VAT})", VAT),
            ({"BT-48": OTHER_VAT, "BT-44": "Nous"}, "Customer", f"Nous ({OTHER_VAT})", OUR_VAT),
            ({"BT-5": "CHF"}, "Currency", "CHF", "EUR"),
            ({"BT-112": "120.01"}, "Totals", "120.01", "120.00"),
            ({"BG-23": [{"BT-119": "10", "BT-117": "20.00"}]}, "VAT of each rate", "10 %", "20 %"),
            ({"BT-1": "G-9"}, "Number", "G-9", "F-7"),
            ({"BT-2": "2026-02-15"}, "Document date", "02/15/2026", "01/15/2026"),
        ):
            with self.subTest(label):
                rows = () if "BG-23" in changed else ROWS
                document = self.book_electronic(
                    rows, changed=changed, lines=[("100", "0.2")], number="F-7"
                )
                self.assertDiffers(document, label)
                (row,) = document.electronic_differences
                self.assertIn(theirs, row[1])
                self.assertIn(ours, row[2])
                for value in (theirs, ours):
                    self.assertIn(value, document.electronic_message)
                self.assertEqual(document.move_id.state, "draft")
                document.move_id.unlink()

    def test_another_bank_account_comes_with_advice(self):
        self.know_account()
        document = self.differing({"BT-84": OTHER_IBAN})
        self.assertIn("Do not pay. Call the supplier", document.electronic_message)
        self.assertIn("Do not pay. Call the supplier", self.notes(document))
        self.assertIn("Do not pay. Call the supplier", document.move_id.activity_ids.note)

    def test_of_very_many_bank_accounts_the_first_are_named(self):
        self.know_account()
        many = [f"FR14200410100505000{number:05}M02606" for number in range(1000)]
        document = self.differing({"BT-84": many, "BT-27": "<b>x</b>" * 10_000, "BT-31": OTHER_VAT})
        self.assertDiffers(document, "Account to pay", "Supplier")
        self.assertIn(", …. The account known for this supplier", document.electronic_message)
        self.assertLess(len(document.electronic_message), 3_000)
        self.assertNotIn("<b>", self.notes(document))

    def test_a_factor_is_named(self):
        self.know_account()
        document = self.differing({"BT-84": OTHER_IBAN, "BT-59": "Affacturage du Nord"})
        self.assertIn("“Affacturage du Nord”, account FR14", document.electronic_message)
        self.assertIn("sold the invoice to a factor", document.electronic_message)

    def test_the_document_is_compared_before_the_bill_is_created_too(self):
        self.know_account()
        self.supplier.active = False
        document = self.differing({"BT-84": OTHER_IBAN}, purchase=self.unknown())
        document.action_show_files()
        self.sync()
        self.assertFalse(document.move_id)
        self.supplier.active = True
        document._mapping("supplier").partner_id = self.supplier
        self.sync()
        self.assertDiffers(document, "Account to pay")
        self.assertEqual(self.notes(document).count("payment to another account"), 1)

    def unknown(self):
        self.connection.supplier_policy = "match"
        return self.add_purchase(supplier_name="Moreau", vat="")


class TestNoFalseAlarm(DifferencesCase):
    def assertAgrees(self, changed, **values):
        self.assertDiffers(self.differing(changed, **values))

    def test_the_account_of_a_contact_or_in_lucca_is_no_difference(self):
        contact = self.env["res.partner"].create(
            {"name": "Comptabilité", "parent_id": self.supplier.id}
        )
        self.know_account(partner=contact)
        self.assertAgrees({"BT-84": "FR76 3000 6000 0112 3456 7890 189"})
        account = {"bankAccount": {"iban": OTHER_IBAN}}
        self.assertAgrees({"BT-84": OTHER_IBAN}, paymentDetails=account)

    def test_an_unknown_account_beside_the_one_to_pay_is_noted(self):
        self.know_account()
        account = {"bankAccount": {"iban": IBAN}}
        both = {"BT-84": [IBAN, OTHER_IBAN]}
        document = self.differing(both, paymentDetails=account)
        self.assertDiffers(document)
        self.assertIn(OTHER_PRINTED, self.notes(document))
        self.assertIn(OTHER_PRINTED, document.electronic_message)

    def test_an_unknown_account_beside_a_known_one_is_a_difference_unless_lucca_pays_the_known_one(
        self,
    ):
        self.know_account()
        both = {"BT-84": [IBAN, OTHER_IBAN]}
        self.assertDiffers(self.differing(both), "Account to pay")
        unknown = {"bankAccount": {"iban": "DE89370400440532013000"}}
        self.assertDiffers(self.differing(both, paymentDetails=unknown), "Account to pay")

    def test_without_a_known_account_none_is_a_difference(self):
        self.assertAgrees({"BT-84": OTHER_IBAN})

    def test_our_own_account_is_no_difference(self):
        self.know_account()
        self.know_account(OWN_IBAN, self.company.partner_id)
        self.assertAgrees({"BT-84": OWN_IBAN}, kind="credit_note")

    def test_our_own_account_in_lucca_is_not_taken_for_the_suppliers(self):
        self.know_account(OWN_IBAN, self.company.partner_id)
        account = {"bankAccount": {"iban": OWN_IBAN}}
        self.assertAgrees({"BT-84": OTHER_IBAN}, paymentDetails=account)

    def test_our_own_number_in_lucca_is_not_taken_for_the_suppliers(self):
        self.supplier.vat = False
        purchase = self.add_purchase(vat=OUR_VAT)
        self.assertAgrees({"BT-31": OTHER_VAT}, purchase=purchase)

    def test_a_supplier_without_numbers_is_no_difference(self):
        self.supplier.vat = False
        purchase = self.add_purchase(vat="")
        self.assertAgrees({"BT-31": OTHER_VAT}, purchase=purchase)

    def test_the_number_of_the_tax_representative_is_no_difference(self):
        self.assertAgrees({"BT-31": OTHER_VAT, "BT-63": VAT})

    def test_a_buyer_without_numbers_is_no_difference(self):
        self.assertAgrees({"BT-44": "Nous"})

    def test_a_branch_of_ours_is_no_difference(self):
        self.env["res.company"].create(
            {"name": "Lyon", "parent_id": self.company.id, "vat": OTHER_VAT}
        )
        self.assertAgrees({"BT-48": OTHER_VAT})

    def test_a_number_without_its_prefix_is_no_difference(self):
        self.assertAgrees({"BT-1": "FA-2026-118"}, number="2026-118")

    def test_a_date_that_lucca_writes_as_midnight_elsewhere_is_no_difference(self):
        json = self.add(ROWS, lines=[("100", "0.2")], changed={"BT-2": "2026-01-15"})
        json["documentDate"] = "2026-01-14T23:00:00Z"
        self.sync()
        self.assertDiffers(self.document(json))

    def test_an_earlier_invoice_among_the_files_is_no_difference(self):
        json = self.add(ROWS, lines=[("100", "0.2")])
        earlier = self.tenant.add_invoice(lines=[("999", "0.2")], files=[])
        self.tenant.delete(earlier)
        self.attach(json, electronic.cii(earlier, BT_84=OTHER_IBAN), "earlier.xml")
        self.know_account()
        self.sync()
        self.assertDiffers(self.document(json))


class TestSeen(DifferencesCase):
    def prepare(self):
        super().prepare()
        self.know_account()
        self.json = self.add(ROWS, changed={"BT-84": OTHER_IBAN}, lines=[("100", "0.2")])
        self.sync()
        self.differs = self.document(self.json)

    def told(self, words):
        """Return how many notes on the bill contain some words. Notes of activities that are done do not count."""
        notes = self.differs.move_id.message_ids.filtered(lambda one: not one.mail_activity_type_id)
        return sum(words in body for body in notes.mapped("body"))

    def fetch_again(self):
        self.differs.file_ids._fetch_again()
        self.sync()

    def test_a_difference_needs_attention_everywhere(self):
        documents = self.env["lucca.document"]
        self.assertEqual(self.differs.situation, "Difference: Account to pay")
        self.assertEqual(find_asked(self.differs.move_id).summary, "Difference: Account to pay")
        self.assertIn("Do not pay.", self.differs.what_to_do)
        self.assertIn(self.differs, documents.search([("needs_attention", "=", True)]))
        self.assertIn(
            "Differ from their electronic invoices or bills: 1", find_asked(self.connection).note
        )
        self.assertEqual(self.connection.attention_count, 1)
        self.assertTrue(self.differs.move_id.lucca_has_differences)

    def test_a_difference_that_may_cost_money_is_an_alarm_until_it_is_seen(self):
        number = self.differing({"BT-1": "G-9"}, number="F-7")
        self.assertEqual((number.has_differences, number.is_alarming), (True, False))
        self.assertTrue(self.differs.is_alarming)
        self.differs.action_seen()
        self.assertFalse(self.differs.is_alarming)

    def test_the_audit_trail_shows_a_difference_although_the_amounts_are_equal(self):
        line = self.env["lucca.audit.line"].search([("document_id", "=", self.differs.id)])
        self.assertEqual((line.explanation, line.electronic_check), ("none", "differs"))

    def test_each_sentence_is_an_item_of_a_list(self):
        both = self.differing({"BT-1": "G-9", "BT-2": "2026-02-15"}, number="F-7")
        self.assertEqual(both.electronic_list.count("<li>"), 2)
        self.assertEqual(both.electronic_list, both.move_id.lucca_electronic_list)

    def test_seen_ends_the_attention_and_the_rows_stay(self):
        self.differs.move_id.action_lucca_seen()
        self.sync()
        self.assertFalse(self.differs.needs_attention)
        self.assertFalse(self.differs.move_id.activity_ids)
        self.assertFalse(find_asked(self.connection))
        self.assertIn(OTHER_PRINTED, self.differs.electronic_table)
        self.assertEqual(self.differs.electronic_check, "differs")

    def test_the_same_difference_is_not_told_again(self):
        self.differs.action_seen()
        self.fetch_again()
        self.assertFalse(self.differs.has_differences)
        self.assertEqual(self.told("payment to another account"), 1)

    def test_a_new_difference_is_told(self):
        self.differs.action_seen()
        xml = electronic.cii(self.json, BT_84=OTHER_IBAN, BT_1="G-9")
        self.attach(self.json, xml, "again.xml")
        self.tenant.change(self.json)
        self.connection.last_audit_at = False
        self.sync()
        self.assertTrue(self.differs.has_differences)
        labels = [row[0] for row in self.differs.electronic_differences]
        self.assertEqual(labels, ["Account to pay", "Number"])
        self.assertEqual(self.told("payment to another account"), 1)
        self.assertEqual(self.told("“G-9”"), 1)

    def test_a_difference_ends_when_the_account_is_added_to_the_supplier(self):
        self.know_account(OTHER_IBAN)
        self.fetch_again()
        self.assertDiffers(self.differs)
        self.assertFalse(self.differs.move_id.activity_ids)

    def test_a_difference_ends_with_the_file_that_lucca_replaced(self):
        self.json["attachments"] = []
        self.attach(self.json, electronic.cii(self.json, BT_84=IBAN), "right.xml")
        self.tenant.change(self.json)
        self.connection.last_audit_at = False
        self.sync()
        self.assertDiffers(self.differs)

    def change(self, **values):
        self.tenant.change(self.json, **values)
        self.connection.last_audit_at = False
        self.sync()

    def test_a_difference_ends_with_a_file_that_lucca_deleted(self):
        self.change(attachments=[])
        self.assertRecordValues(
            self.differs, [{"electronic_check": False, "needs_attention": False}]
        )
        self.assertFalse(self.differs.move_id.activity_ids)

    def test_a_new_file_with_the_same_difference_is_not_told_again(self):
        self.differs.action_seen()
        self.json["attachments"] = []
        self.attach(self.json, electronic.cii(self.json, BT_84=OTHER_IBAN), "copy.xml")
        self.change()
        self.assertFalse(self.differs.has_differences)
        self.assertEqual(self.told("payment to another account"), 1)

    def test_a_new_file_that_is_no_invoice_ends_the_difference(self):
        self.json["attachments"] = []
        self.attach(self.json, b"%PDF-1.4 the very same %%EOF", "scan.pdf")
        self.change()
        self.assertFalse(self.differs.electronic_check)

    def test_a_change_in_lucca_is_compared_although_the_bill_stays(self):
        self.differs.action_seen()
        self.differs.move_id.action_post()
        self.change(documentNumber="G-9")
        labels = [row[0] for row in self.differs.electronic_differences]
        self.assertEqual(labels, ["Account to pay", "Number"])
        self.assertTrue(self.differs.has_differences)
        self.assertEqual(self.told("“G-9”"), 1)

    def test_a_difference_needs_no_attention_after_the_bill_was_deleted(self):
        self.differs.move_id.unlink()
        self.sync()
        self.assertFalse(self.differs.needs_attention)


class TestLinked(DifferencesCase):
    """For a bill that a person made or edited, the electronic invoice is compared with Lucca's document, and with the
    bill's supplier and total.
    """

    def typed(self, price=100):
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.supplier.id,
                "ref": "F-7",
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [
                    Command.create({"name": "x", "price_unit": price, "tax_ids": self.tax_20.ids})
                ],
            }
        )

    def linked(self, bill):
        """Return the document of 120.00 whose electronic invoice came after it was linked to a bill."""
        document = self.differing({}, number="F-7")
        document.action_link_bill(bill.id)
        self.sync()
        return document

    def assertOtherTotal(self, document):
        self.assertDiffers(document, "Total of the bill")
        told = "The total of the electronic invoice is 120.00\xa0€. The bill has 102.00\xa0€."
        self.assertIn(told, document.electronic_message)
        self.assertIn("The bill has 102.00\xa0€.", unescape(self.notes(document)))
        self.assertNotIn("the totals are the same", self.notes(document))
        self.assertFalse(document.is_alarming)

    def test_a_linked_bill_with_another_total_needs_a_look(self):
        bill = self.typed(85)
        document = self.linked(bill)
        self.assertOtherTotal(document)
        document.action_seen()
        self.assertFalse(document.needs_attention)
        bill.invoice_line_ids.price_unit = 100
        completion.compare_again(document)
        self.assertDiffers(document)
        self.assertIn("the totals are the same", self.notes(document))

    def test_a_linked_bill_with_the_total_is_checked(self):
        document = self.linked(self.typed())
        self.assertDiffers(document)
        self.assertIn("the totals are the same", self.notes(document))

    def test_a_draft_that_was_edited_before_its_file_came_needs_a_look_if_its_total_changed(self):
        json = self.tenant.add_invoice(
            purchase=self.add_purchase(), lines=[("100", "0.2")], date="2026-01-15", files=[]
        )
        self.sync()
        document = self.document(json)
        document.move_id.invoice_line_ids.price_unit = 85
        self.assertEqual(document.move_id.amount_total, 102)
        self.attach(json, electronic.cii(json))
        self.tenant.change(json)
        self.connection.last_audit_at = False
        self.sync()
        self.assertOtherTotal(document)

    def test_a_draft_that_is_to_be_filled_in_by_hand_is_not_said_to_have_the_totals(self):
        self.connection.supplier_policy = "match"
        json = self.add(ROWS, purchase=self.add_purchase(supplier_name="Inconnu", vat=""))
        self.sync()
        document = self.document(json)
        document.action_enter_by_hand()
        self.sync()
        self.assertDiffers(document)
        told = "Checked against the electronic invoice: Lucca has the same totals."
        self.assertEqual(document.electronic_message, told)
        self.assertIn(told, self.notes(document))

    def test_an_existing_bill_that_is_linked_is_compared(self):
        bill = self.typed()
        self.know_account()
        document = self.differing({"BT-84": OTHER_IBAN}, number="F-7")
        self.assertEqual(document.reason, "duplicate_bill")
        document.action_link_bill()
        lines = bill.invoice_line_ids
        self.sync()
        self.assertDiffers(document, "Account to pay")
        self.assertIn("payment to another account", self.notes(document))
        self.assertEqual(bill.invoice_line_ids, lines)
