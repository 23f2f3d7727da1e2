"""VIES is asked about new suppliers by a job of its own, never while suppliers are created."""

from datetime import timedelta
from unittest.mock import patch

from tests.addon.suppliers import OTHER_VAT, SupplierCase

NUMBERS = ["DE136695976", "DE462612124", "BE0477472701"]


class TestVies(SupplierCase):
    def setUp(self):
        super().setUp()
        self.company.vat_check_vies = True
        self.asked, self.answer = [], lambda: {"valid": True}
        self.enterContext(
            patch("odoo.addons.base_vat.models.res_partner.check_vies", self.check_vies)
        )

    def check_vies(self, number, timeout):
        self.asked.append(number)
        return self.answer()

    def book_from(self, *numbers):
        contact = {"lastName": "Caradec", "email": "caradec@example.com"}
        purchases = [
            self.purchase(
                name=f"Firma {number}", vat=number, territory=number[:2], contacts=[contact]
            )
            for number in numbers
        ]
        jsons = [
            self.tenant.add_invoice(purchase=purchase, lines=[(100, None)])
            for purchase in purchases
        ]
        self.sync()
        return self.document(*jsons).move_id

    def run_job(self):
        with self.committing(self.env["lucca.supplier.create"]) as creation:
            creation._cron_check_vies()

    def test_vies_is_not_asked_while_suppliers_are_created(self):
        moves = self.book_from(*NUMBERS)
        self.assertEqual(self.asked, [])
        self.assertEqual(len(moves.partner_id), 3)
        self.assertFalse(moves.partner_id.filtered("vies_valid"))
        self.assertIn("VIES has not confirmed the VAT number", self.note(moves[0]))

    def test_the_job_is_triggered_and_asks_once_for_each_number(self):
        partners = self.book_from(*NUMBERS).partner_id
        job = self.env.ref("lucca_invoices_sync.cron_check_vies")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]))
        self.run_job()
        self.assertEqual(sorted(self.asked), sorted(NUMBERS))
        self.assertEqual(partners, partners.filtered("vies_valid"))
        self.run_job()
        self.assertEqual(len(self.asked), 3)

    def test_a_supplier_of_our_country_is_not_asked_about(self):
        self.book_from(OTHER_VAT)
        self.run_job()
        self.assertEqual(self.asked, [])

    def test_a_deleted_job_is_like_one_that_is_switched_off(self):
        self.env.ref("lucca_invoices_sync.cron_check_vies").unlink()
        self.assertIn("VIES has not confirmed", self.note(self.book_from(*NUMBERS)[0]))

    def test_where_numbers_are_not_verified_vies_is_not_asked(self):
        self.company.vat_check_vies = False
        self.book_from(*NUMBERS)
        self.run_job()
        self.assertEqual(self.asked, [])

    def test_where_vies_cannot_be_reached_the_partner_says_so(self):
        def fail():
            raise OSError

        self.answer = fail
        partner = self.book_from(NUMBERS[0]).partner_id
        self.run_job()
        self.assertFalse(partner.vies_valid)
        self.assertIn("VIES server failed", "".join(partner.message_ids.mapped("body")))

    def note_of_next_bill(self, move):
        """Return the note on another bill of the purchase of a bill."""
        purchase = self.tenant.purchases[move.lucca_document_id.purchase_lucca_id]
        json = self.tenant.add_invoice(purchase=purchase, lines=[(100, None)])
        self.sync()
        return self.note(self.document(json).move_id)

    def test_bills_have_a_doubt_until_vies_confirms_the_number(self):
        self.answer = lambda: {"valid": False}
        move = self.book_from(NUMBERS[0])
        self.run_job()
        self.run_job()
        self.assertEqual(len(self.asked), 1, "it is asked again after a day only")
        self.assertIn("VIES", self.note_of_next_bill(move))
        self.answer = lambda: {"valid": True}
        self.mapping("supplier").vies_asked_at -= timedelta(days=1)
        self.run_job()
        self.assertTrue(move.partner_id.vies_valid)
        self.assertNotIn("VIES", self.note_of_next_bill(move))

    def test_a_number_that_vies_does_not_confirm_is_asked_about_on_seven_days(self):
        self.answer = lambda: {"valid": False}
        move = self.book_from(NUMBERS[0])
        for _day in range(9):
            self.run_job()
            self.mapping("supplier").vies_asked_at -= timedelta(days=1)
        self.assertEqual(len(self.asked), 7)
        self.assertIn("set “Intra-Community Valid” on the supplier", self.note_of_next_bill(move))
        move.partner_id.vies_valid = True
        self.run_job()
        self.assertEqual(len(self.asked), 7)
        self.assertFalse(self.mapping("supplier").is_vies_due)
        self.assertNotIn("VIES", self.note_of_next_bill(move))

    def test_another_supplier_of_the_same_reference_is_asked_about_anew(self):
        self.answer = lambda: {"valid": False}
        self.book_from(NUMBERS[0])
        mapping = self.mapping("supplier")
        mapping.write({"vies_tries": 7, "vies_asked_at": "2026-01-01"})
        self.env["lucca.supplier.create"]._ask_vies_later(mapping)
        self.run_job()
        self.assertEqual(len(self.asked), 1)

    def test_a_number_that_a_person_confirms_needs_no_answer_of_vies(self):
        move = self.book_from(NUMBERS[0])
        move.partner_id.vies_valid = True
        self.assertNotIn("VIES", self.note_of_next_bill(move))
        self.run_job()
        self.assertEqual(self.asked, [])
        self.assertTrue(move.partner_id.vies_valid)

    def test_a_draft_is_told_of_the_fiscal_position_that_the_number_causes(self):
        self.env["account.fiscal.position"].search([]).auto_apply = False
        position = self.env["account.fiscal.position"].create(
            {
                "name": "With a Number",
                "auto_apply": True,
                "vat_required": True,
                "country_id": self.env.ref("base.de").id,
                "company_id": self.company.id,
            }
        )
        move = self.book_from(NUMBERS[0])
        self.assertFalse(move.fiscal_position_id)
        self.run_job()
        self.assertIn(f"“{position.name}”", move.message_ids[0].body)
