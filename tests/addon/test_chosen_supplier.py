"""A person chooses the supplier of a document for which Lucca names none that could be mapped."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from tests.addon.suppliers import SupplierCase
from tests.books import company_with_journal, swiss_company, user_of

BILLING = "account.group_account_invoice"


class ChosenCase(SupplierCase):
    def prepare(self):
        super().prepare()
        self.chosen = self.partner(name="Chosen SARL")

    def choose(self, documents, partner=None, user=None, selected=None):
        wizards = self.env["lucca.document.supplier"]
        if user:
            wizards = wizards.with_env(self.env(user=user, context={}))
        wizards = wizards.with_context(active_ids=(selected or documents).ids)
        partner = self.chosen if partner is None else partner
        wizard = wizards.create({"partner_id": partner.id})
        wizard.action_apply()
        return wizard

    def draft(self, number=None, **values):
        """Return a document whose purchase has a draft supplier."""
        purchase = self.tenant.add_purchase(
            supplier=self.tenant.add_supplier(name="x", vat=""), title="Travaux", **values
        )
        purchase["supplier"] = {"name": "Brouillon", "territoryId": "FR"}
        numbered = {"number": number} if number else {}
        return self.book(purchase=purchase, lines=[(100, "0.2")], **numbered)

    def without_purchase(self, **values):
        json = self.tenant.add_invoice(purchase=self.add_purchase(), lines=[(100, "0.2")], **values)
        self.tenant.change(json, purchase=None)
        self.sync()
        return self.document(json)

    def unreadable(self, **values):
        self.server.behaviour.denied = {"purchases": 403}
        return self.book(lines=[(100, "0.2")], **values)

    def assertWaits(self, document):
        self.assertEqual((document.state, document.reason), ("blocked", "unknown_supplier"))
        self.assertFalse(document.waiting_mapping_ids)
        self.assertTrue(document.can_choose_supplier)
        self.assertIn("“Choose the Supplier”", document.message)

    def assertBookedOn(self, partner, document):
        self.assertEqual(document.state, "imported", document.message)
        self.assertEqual(document.move_id.partner_id, partner)
        self.assertEqual(document.move_id.amount_total, 120)


class TestChoosing(ChosenCase):
    def test_each_document_without_a_supplier_to_map_is_booked_on_the_choice(self):
        for make in (self.draft, self.without_purchase, self.unreadable):
            with self.subTest(make.__name__):
                document = make()
                self.assertWaits(document)
                self.choose(document)
                self.sync()
                self.assertBookedOn(self.chosen, document)

    def test_many_documents_get_one_choice(self):
        documents = self.draft() | self.without_purchase() | self.unreadable()
        wizard = self.choose(documents)
        self.assertIn("Documents that get this supplier: 3.", wizard.message)
        self.assertIn("“Brouillon”", wizard.message)
        self.sync()
        self.assertEqual(documents.move_id.partner_id, self.chosen)

    def test_the_dialog_tells_that_a_selection_has_several_names(self):
        first, second = self.draft(), self.draft()
        second.supplier_name = "Autre"
        wizard = self.choose(first | second)
        self.assertIn("several names for it: Autre and Brouillon", wizard.message)

    def test_the_readable_part_of_the_purchase_is_used(self):
        document = self.draft(nature="Travaux", cost_center="Siège", establishment="Lyon")
        self.choose(document)
        self.sync()
        kinds = set(document.mapping_ids.mapped("kind"))
        self.assertEqual(kinds, {"tax", "nature", "cost_center", "establishment"})
        self.assertEqual(document.purchase_name, "Travaux")

    def test_luccas_name_of_the_supplier_stays_on_the_document(self):
        document = self.draft()
        self.choose(document)
        self.sync()
        self.assertEqual(document.supplier_name, "Brouillon")

    def test_the_bill_names_the_person_who_chose(self):
        user = user_of(self.env, BILLING, name="Marie")
        document = self.draft()
        self.choose(document, user=user)
        self.sync()
        self.assertIn(
            "Supplier: Chosen SARL (chosen for this document by Marie)", self.note(document.move_id)
        )
        self.assertFalse(document.is_doubtful)

    def test_the_choice_makes_no_mapping(self):
        document = self.draft()
        self.choose(document)
        self.sync()
        self.assertFalse(self.mapping("supplier"))

    def test_the_choice_stays_when_the_document_is_listed_again(self):
        document = self.without_purchase(number="F-1")
        self.choose(document)
        json = self.tenant.documents[-1]
        self.tenant.change(json, documentNumber="F-2")
        self.connection.last_audit_at = False
        self.sync()
        self.assertBookedOn(self.chosen, document)
        self.assertEqual(document.move_id.ref, "F-2")

    def test_the_vat_rates_of_the_suppliers_country_are_read(self):
        self.server.behaviour.denied = {"purchases": 403}
        purchase = self.add_purchase(supplier_name="Kessler GmbH", vat="", territory="DE")
        document = self.book(purchase=purchase, lines=[(100, "0.19")])
        self.choose(document, self.partner("de", name="Kessler GmbH"))
        self.sync()
        self.assertEqual(document.reason, "unmapped_tax")
        self.assertIn("19 % (DE)", document.message)

    def test_luccas_bank_account_is_compared_with_the_chosen_suppliers(self):
        account = self.account(self.chosen, "FR7630006000011234567890189")
        document = self.without_purchase(
            paymentDetails={
                "paymentMethod": "BankTransfer",
                "bankAccount": {"iban": account.acc_number},
            }
        )
        self.choose(document)
        self.sync()
        self.assertEqual(document.move_id.partner_bank_id, account)

    def test_another_supplier_can_be_chosen_before_the_bill_is_created(self):
        document = self.draft()
        self.choose(document)
        self.sync()
        document.move_id.unlink()
        self.assertTrue(document.can_choose_supplier)
        other = self.partner(name="Other")
        self.choose(document, other)
        self.sync()
        self.assertBookedOn(other, document)

    def test_the_choice_can_be_taken_back(self):
        document = self.draft()
        self.choose(document)
        self.sync()
        document.move_id.unlink()
        self.choose(document, self.env["res.partner"])
        self.sync()
        self.assertWaits(document)
        self.assertFalse(document.partner_chosen_by_id)


class TestEverywhere(ChosenCase):
    """Everything that needs a document's supplier uses the chosen one."""

    def typed(self, document):
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.chosen.id,
                "invoice_date": document.document_date,
                "ref": document.number,
                "invoice_line_ids": [
                    Command.create({"name": "x", "price_unit": 100, "tax_ids": self.tax_20.ids})
                ],
            }
        )

    def test_the_exact_existing_bill_is_found(self):
        document = self.draft(number="TRAVAUX-1")
        self.choose(document)
        bill = self.typed(document)
        document.action_link_bill(bill.id)
        other = self.draft(number="TRAVAUX-2")
        self.choose(other)
        twin = self.typed(other)
        self.assertEqual(other._match_bills().links, {other: twin})

    def test_a_bill_entered_by_hand_has_the_chosen_supplier(self):
        document = self.draft()
        self.choose(document)
        document.action_enter_by_hand()
        self.assertEqual(document.move_id.partner_id, self.chosen)

    def test_a_first_look_uses_the_chosen_supplier(self):
        self.connection.is_booking = False
        first = self.draft(number="TRAVAUX-1")
        self.choose(first)
        self.sync()
        self.assertEqual(first.coming_as, "in_invoice")
        second = self.draft(number="TRAVAUX-1")
        self.choose(second)
        self.sync()
        self.assertEqual(second.reason, "duplicate_bill", second.message)

    def test_the_bills_company_is_doubtful_where_the_account_has_bills_of_several(self):
        swiss = swiss_company(self.env)
        self.book(purchase=self.add_purchase(establishment="Genève"))
        self.mapping("establishment", name="Genève").target_company_id = swiss
        document = self.unreadable()
        self.choose(document)
        self.sync()
        self.assertBookedOn(self.chosen, document)
        self.assertTrue(document.is_doubtful)
        self.assertIn(f"created in {self.company.name}", self.note(document.move_id))

    def test_the_choice_can_be_changed_and_taken_back_during_a_first_look(self):
        self.connection.is_booking = False
        document = self.draft()
        self.choose(document)
        self.sync()
        other = self.partner(name="Other SARL")
        self.choose(document, other)
        self.assertEqual((document.coming_as, document.partner_id), (False, other))
        self.sync()
        self.assertEqual(document.coming_as, "in_invoice")
        self.choose(document, self.env["res.partner"])
        self.sync()
        self.assertWaits(document)


class TestRefusals(ChosenCase):
    def test_a_supplier_that_lucca_names_is_chosen_in_its_mapping(self):
        self.connection.supplier_policy = "match"
        document = self.book()
        self.assertEqual(document.reason, "unknown_supplier")
        self.assertFalse(document.can_choose_supplier)
        with self.assertRaisesRegex(UserError, "under Suppliers"):
            self.choose(document)

    def test_only_the_fitting_documents_of_a_selection_get_the_choice(self):
        draft, booked = self.draft(), self.booked()
        wizard = self.choose(draft, selected=draft | booked)
        self.assertIn("Left out, since Lucca names their supplier", wizard.message)
        self.assertEqual((draft | booked).mapped("partner_id"), self.chosen)
        self.assertFalse(booked.partner_id)

    def test_a_partner_who_cannot_be_billed_is_refused_with_a_message(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.partner(name="Theirs", company_id=elsewhere.id)
        document = self.draft()
        for partner, words in (
            (self.partner(name="Old", active=False), "archived"),
            (self.company.partner_id, "our own company"),
            (theirs, "of another company"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                document._choose_supplier(partner)

    def test_a_dialog_without_a_supplier_is_refused_with_a_message(self):
        with self.assertRaisesRegex(UserError, "Choose a supplier"):
            self.choose(self.draft(), self.env["res.partner"])

    def test_a_partner_that_the_user_may_not_see_cannot_be_chosen(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.partner(name="Theirs", company_id=elsewhere.id)
        document = self.draft().with_user(user_of(self.env, BILLING))
        with self.assertRaisesRegex(AccessError, "may see yourself"):
            document._choose_supplier(theirs.with_user(document.env.user))

    def test_a_document_with_an_archived_choice_waits_and_another_can_be_chosen(self):
        document = self.draft()
        self.choose(document)
        self.chosen.active = False
        self.sync()
        self.assertEqual(document.reason, "unknown_supplier")
        self.assertIn("archived", document.message)
        other = self.partner(name="Other")
        self.choose(document, other)
        self.sync()
        self.assertBookedOn(other, document)

    def test_a_choice_of_another_company_than_the_establishments_waits(self):
        other = company_with_journal(self.env)
        self.chosen.company_id = self.company
        document = self.draft(establishment="Genève")
        purchase = self.tenant.purchases[document.purchase_lucca_id]
        self.choose(document)
        self.env["lucca.mapping"].create(
            {
                "connection_id": self.connection.id,
                "kind": "establishment",
                "lucca_id": purchase["establishment"]["id"],
                "target_company_id": other.id,
            }
        )
        self.sync()
        self.assertEqual(document.reason, "unknown_supplier")
        self.assertIn("of another company", document.message)


class TestLater(ChosenCase):
    """Lucca names a supplier after a person chose one."""

    def name_supplier(self, document, **values):
        purchase = self.tenant.purchases[document.purchase_lucca_id]
        supplier = self.tenant.add_supplier(**{"territory": "FR", "vat": "", **values})
        purchase["supplier"] = {"id": supplier["id"], "name": supplier["name"]}

    def audit(self):
        self.connection.last_audit_at = False
        self.sync()

    def test_another_supplier_that_lucca_names_before_the_bill_is_a_doubt(self):
        document = self.draft()
        self.name_supplier(document, name="Brouillon SARL")
        self.choose(document)
        self.sync()
        self.assertBookedOn(self.chosen, document)
        self.assertTrue(document.is_doubtful)
        self.assertIn("Lucca now names the supplier “Brouillon SARL”", self.note(document.move_id))

    def test_the_same_supplier_is_no_doubt(self):
        document = self.draft()
        self.chosen.vat = "FR23334175221"
        self.name_supplier(document, name="Chosen SARL", vat="FR23334175221")
        self.choose(document)
        self.sync()
        self.assertBookedOn(self.chosen, document)
        self.assertFalse(document.is_doubtful)

    def test_a_supplier_that_cannot_be_found_does_not_stop_the_document(self):
        self.connection.supplier_policy = "match"
        document = self.draft()
        self.name_supplier(document, name="Brouillon SARL")
        self.choose(document)
        self.sync()
        self.assertBookedOn(self.chosen, document)
        self.assertTrue(document.is_doubtful)

    def test_a_posted_bill_stays_and_the_change_is_told(self):
        document = self.draft()
        self.choose(document)
        self.sync()
        document.move_id.action_post()
        self.name_supplier(document, name="Brouillon SARL")
        self.audit()
        self.assertTrue(document.is_changed)
        self.assertIn("Chosen SARL", document.changes_table)
        self.assertIn("Brouillon SARL", document.changes_table)
        self.assertBookedOn(self.chosen, document)

    def test_an_untouched_draft_keeps_the_chosen_supplier_with_a_note(self):
        document = self.draft()
        self.choose(document)
        self.sync()
        self.name_supplier(document, name="Brouillon SARL")
        self.audit()
        self.assertBookedOn(self.chosen, document)
        words = "".join(document.move_id.message_ids.mapped("body"))
        self.assertIn("Lucca now names the supplier “Brouillon SARL”", words)
