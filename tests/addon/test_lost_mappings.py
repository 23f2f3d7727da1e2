"""A mapping that documents use cannot be deleted; one that was lost otherwise stops no file and no bill."""

from unittest.mock import patch

import psycopg2
from lxml import etree
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from tests.addon.common import LuccaCase, migrate
from tests.addon.test_electronic_completion import BASES, CompletionCase
from tests.addon.test_purchase_changes import PurchasesCase
from tests.books import user_of

MANAGER = "account.group_account_manager"


class LostMixin:
    def lose(self, kind):
        """Delete the mappings of a kind with their links, as former versions did."""
        lost = self.mapping(kind)
        lost.document_ids = False
        lost.unlink()


class TestDeletion(LuccaCase):
    def prepare(self):
        super().prepare()
        purchase = self.add_purchase(nature="Fournitures", cost_center="Siège")
        self.lucca_document = self.book(purchase=purchase, lines=[(100, "0.2")])
        self.manager = user_of(self.env, MANAGER)

    def test_a_mapping_that_a_bill_was_created_with_cannot_be_deleted(self):
        mappings = self.lucca_document.mapping_ids
        self.assertLessEqual(
            {"tax", "supplier", "nature", "cost_center"}, set(mappings.mapped("kind"))
        )
        for mapping in mappings:
            with (
                self.subTest(mapping.kind),
                self.assertRaisesRegex(UserError, "Empty it instead"),
            ):
                mapping.with_user(self.manager).unlink()

    def test_a_mapping_that_a_document_waits_for_cannot_be_deleted(self):
        self.tax_20.copy({"name": "20% twin"})
        self.mapping("tax").tax_id = False
        waiting = self.book(lines=[(100, "0.2")])
        self.assertEqual(waiting.reason, "unmapped_tax")
        with self.assertRaisesRegex(UserError, "Normal 20 %.*Empty it instead"):
            self.mapping("tax").unlink()

    def test_a_mapping_that_no_document_uses_is_deleted(self):
        unused = self.env["lucca.mapping"].create(
            {"connection_id": self.connection.id, "kind": "nature", "lucca_id": 700}
        )
        unused.with_user(self.manager).unlink()
        self.assertFalse(unused.exists())

    def test_the_database_deletes_no_mapping_that_documents_use(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.env.cr.execute(
                "DELETE FROM lucca_mapping WHERE id = %s", self.mapping("nature")._ids
            )

    def test_no_screen_offers_to_delete_mappings(self):
        views = self.env["ir.ui.view"].search(
            [("model", "=", "lucca.mapping"), ("type", "in", ("list", "form", "kanban"))]
        )
        for view in views:
            with self.subTest(view.name):
                self.assertEqual(etree.fromstring(view.arch).get("delete"), "false")


class TestLostRates(LostMixin, CompletionCase):
    def test_a_file_comes_to_a_draft_whose_rates_are_lost(self):
        document = self.draft()
        before = self.bases(document)
        self.lose("tax")
        self.let_file_come(document)
        self.assertEqual((self.names(document), self.bases(document)), (["facture.xml"], before))
        self.assertEqual(document.electronic_check, "agrees")

    def test_a_file_comes_to_a_posted_bill_whose_rates_are_lost(self):
        document = self.draft()
        document.move_id.action_post()
        self.lose("tax")
        self.let_file_come(document)
        self.assertEqual(self.names(document), ["facture.xml"])

    def test_a_bill_that_waits_for_its_file_is_posted_although_its_rates_are_lost(self):
        self.connection.auto_post = True
        document = self.draft()
        self.lose("tax")
        self.let_file_come(document)
        self.assertEqual(document.move_id.state, "posted")

    def test_a_draft_is_completed_once_its_rates_are_there_again(self):
        document = self.draft()
        self.lose("tax")
        self.book(lines=[(100, "0.2"), (100, "0.1")])
        self.assertFalse(document._mapping("tax"))
        self.let_file_come(document)
        self.assertEqual(self.bases(document), BASES)
        self.assertEqual(document._mapping("tax"), self.mapping("tax"))

    def test_a_full_check_links_documents_to_rates_that_are_there_again(self):
        document = self.book(lines=[(100, "0.2")])
        self.lose("tax")
        self.book(lines=[(100, "0.2")])
        self.connection.last_audit_at = False
        self.sync()
        self.assertEqual(document._mapping("tax"), self.mapping("tax"))
        self.assertFalse(document.is_changed)

    def test_a_document_whose_rate_is_lost_before_it_is_booked_waits_in_words(self):
        self.connection.supplier_policy = "match"
        waiting = self.book(lines=[(100, "0.2")])
        self.assertEqual(waiting.reason, "unknown_supplier")
        partner = self.env["res.partner"].create({"name": "Moreau", "is_company": True})
        self.mapping("supplier").partner_id = partner
        waiting.is_resolved = True
        self.lose("tax")
        self.sync()
        self.assertEqual(waiting.reason, "unmapped_tax")
        self.assertIn("press “Retry”", waiting.message)
        waiting.action_retry()
        self.sync()
        self.assertEqual(waiting.move_id.amount_total, 120)

    def test_a_preview_says_in_words_that_a_rate_is_lost(self):
        document = self.book(excluding=100, taxes=[("0.2", 10)])
        self.assertEqual(document.reason, "tax_mismatch")
        self.lose("tax")
        wizards = self.env["lucca.document.accept"].with_context(active_ids=document.ids)
        wizard = wizards.create({})
        self.assertIn("press “Retry”", wizard.preview)
        wizard.action_apply()
        self.sync()
        self.assertEqual(document.move_id.amount_total, 110)


class TestLostSuppliers(LostMixin, PurchasesCase):
    """A supplier that a former version deleted, and that a later document of the supplier brought again."""

    def prepare(self):
        super().prepare()
        self.bill.action_post()
        self.lose("supplier")

    def upgrade(self):
        migrate(self.env, "19.0.1.7.0/post-lost-suppliers.py", "19.0.1.6.0")

    def test_a_bill_is_compared_with_its_purchase_again(self):
        self.book(purchase=self.purchase, lines=[(10, "0.2")], number="F-2")
        self.upgrade()
        self.assertEqual(self.lucca_document._mapping("supplier"), self.mapping("supplier"))
        self.audit()
        self.assertFalse(self.lucca_document.is_changed)
        self.give_other_supplier()
        self.audit()
        self.assertTrue(self.lucca_document.is_changed)

    def test_one_of_two_suppliers_with_the_same_partner_is_not_guessed(self):
        self.book(purchase=self.purchase, lines=[(10, "0.2")], number="F-2")
        twin = self.mapping("supplier").copy({"lucca_id": 98})
        twin.partner_id = self.bill.partner_id
        self.upgrade()
        self.assertFalse(self.lucca_document._mapping("supplier"))

    def test_a_bill_that_a_person_entered_gets_no_supplier(self):
        self.book(purchase=self.purchase, lines=[(10, "0.2")], number="F-2")
        self.lucca_document.bill_fingerprint = False
        self.upgrade()
        self.assertFalse(self.lucca_document._mapping("supplier"))


class TestUnusableFiles(CompletionCase):
    """Another addon fails whenever an electronic invoice is used."""

    def prepare(self):
        super().prepare()
        self.lucca_document = self.draft()
        self.let_try_again(self.lucca_document.file_ids)
        bills = self.registry["lucca.bill"]
        with patch.object(bills, "_prepare", side_effect=KeyError(45)):
            self.sync()

    def test_the_file_is_attached(self):
        self.assertEqual(self.names(self.lucca_document), ["facture.xml"])
        self.assertIn("It is attached", self.lucca_document.files_message)

    def test_a_person_may_end_the_tries_while_the_file_stays(self):
        self.lucca_document.file_ids.action_leave_out()
        self.assertEqual(self.names(self.lucca_document), ["facture.xml"])
        self.assertIn("is attached, and is not compared", self.notes(self.lucca_document))
        self.assertNotIn("is left out", self.notes(self.lucca_document))
        self.assertEqual(self.lucca_document.files_state, "done")

    def test_each_failure_is_one_more_try_until_it_needs_attention(self):
        bills = self.registry["lucca.bill"]
        for _time in range(4):
            self.let_try_again(self.lucca_document.file_ids)
            with patch.object(bills, "_prepare", side_effect=KeyError(45)):
                self.sync()
        self.assertEqual(self.lucca_document.file_ids.attempts, 6)
        self.assertTrue(self.lucca_document.needs_attention)

    def test_it_is_used_later_without_another_request(self):
        asked = len(self.downloads())
        self.let_file_come(self.lucca_document)
        self.assertEqual(self.bases(self.lucca_document), BASES)
        self.assertEqual(self.names(self.lucca_document), ["facture.xml"])
        self.assertEqual(len(self.downloads()), asked)
        self.assertEqual(sum(self.runs().mapped("files")), 1)
