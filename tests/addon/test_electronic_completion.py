"""An untouched draft is completed when its electronic invoice comes after it."""

from odoo.exceptions import UserError
from odoo.fields import Command

from tests.addon.electronic import ElectronicCase
from tests.simulator import electronic

#: 0.03 may belong to either base: the VAT is 1.00 and 20.00 in both cases.
AMOUNTS = {"excluding": "110.03", "taxes": [("0.2", "20.00"), ("0.1", "1.00")]}
ROWS = (("S", "20", "99.99", "20.00"), ("S", "10", "10.04", "1.00"))
BASES = [99.99, 10.04]


class CompletionCase(ElectronicCase):
    def draft(self, changed=None, **values):
        """Return the document of a draft whose file has not come yet."""
        self.server.faults.fail(404, times=1, path="display")
        self.json = self.add(ROWS, changed=changed, **{**AMOUNTS, **values})
        self.sync()
        document = self.document(self.json)
        self.assertEqual((document.state, document.files_state), ("imported", "failed"))
        self.assertNotEqual(self.bases(document), BASES)
        return document

    def let_file_come(self, document):
        self.let_try_again(document.file_ids)
        self.sync()
        self.assertEqual(document.files_state, "done")

    def bases(self, document):
        return document.move_id.invoice_line_ids.sorted("sequence").mapped("price_subtotal")

    def completed(self, document):
        return self.notes(document).count("Completed from the electronic invoice")


class TestCompletion(CompletionCase):
    def test_the_draft_gets_the_bases_of_its_electronic_invoice(self):
        document = self.draft()
        move = document.move_id
        self.let_file_come(document)
        self.assertEqual((document.move_id, self.bases(document)), (move, BASES))
        self.assertBilled(self.json)
        self.assertIn("99.99", self.notes(document))
        self.assertEqual(self.completed(document), 1)

    def test_each_written_line_is_noted_on_a_line_of_its_own(self):
        document = self.draft()
        self.let_file_come(document)
        self.assertRegex(self.notes(document), "20% S<br>Fournitures - .+ 10% G</td>")

    def test_the_completed_draft_follows_lucca_like_any_untouched_draft(self):
        document = self.draft()
        self.let_file_come(document)
        self.tenant.change(self.json, dueDate="2026-12-31")
        self.connection.last_audit_at = False
        self.sync()
        self.assertFalse(document.is_changed)
        self.assertEqual(str(document.move_id.invoice_date_due), "2026-12-31")
        self.assertEqual(self.bases(document), BASES)

    def test_only_values_that_the_invoice_proves_are_written(self):
        document = self.draft()
        self.env["res.partner"].browse(
            document.move_id.partner_id.id
        ).property_supplier_payment_term_id = self.env.ref("account.account_payment_term_30days")
        before = document.move_id.invoice_date_due
        self.let_file_come(document)
        self.assertEqual(self.bases(document), BASES)
        self.assertEqual(document.move_id.invoice_date_due, before)

    def test_nothing_is_written_where_nothing_would_differ(self):
        document = self.draft()
        self.let_file_come(document)
        before, lines = document.bill_fingerprint, document.move_id.line_ids
        self.attach(self.json, electronic.cii(self.json), "again.xml")
        self.tenant.change(self.json)
        self.connection.last_audit_at = False
        self.sync()
        self.assertEqual(len(self.names(document)), 2)
        document.file_ids._fetch_again()
        self.sync()
        self.assertEqual((document.bill_fingerprint, document.move_id.line_ids), (before, lines))
        self.assertEqual(self.completed(document), 1)

    def test_an_invoice_that_differs_changes_nothing(self):
        document = self.draft(changed={"BT-112": "131.04"})
        before = self.bases(document)
        self.let_file_come(document)
        self.assertEqual((self.bases(document), self.completed(document)), (before, 0))
        self.assertTrue(document.has_differences)

    def test_a_draft_that_somebody_changed_gets_a_note_about_the_completion(self):
        document = self.draft()
        document.move_id.narration = "Mine"
        before = self.bases(document)
        self.let_file_come(document)
        self.assertEqual((self.bases(document), self.completed(document)), (before, 0))
        self.assertIn("has data that this bill was created without", self.notes(document))

    def test_a_posted_bill_stays_as_it_is(self):
        document = self.draft()
        before = self.bases(document)
        document.move_id.action_post()
        self.let_file_come(document)
        self.assertEqual(self.bases(document), before)
        self.assertIn("Compare: Invoice lines", self.notes(document))

    def test_a_copy_of_the_file_that_the_draft_was_made_with_proves_nothing_more(self):
        document = self.draft()
        self.let_file_come(document)
        document.move_id.action_post()
        self.json["attachments"] = []
        # It differs like a second export of the same file.
        xml = document.file_ids.attachment_id.raw + b"\n"
        self.attach(self.json, xml, "again.xml")
        self.tenant.change(self.json)
        self.connection.last_audit_at = False
        self.sync()
        self.assertEqual(document.electronic_check, "agrees")
        self.assertNotIn("was created without", self.notes(document))

    def test_a_refused_completion_leaves_the_draft_and_its_file(self):
        document = self.draft()
        before = self.bases(document)
        write = self.registry["account.move"].write

        def refusing(self, values):
            if "invoice_line_ids" in values:
                raise UserError("No.")
            return write(self, values)

        self.patch(self.registry["account.move"], "write", refusing)
        self.let_file_come(document)
        self.assertEqual((self.bases(document), self.names(document)), (before, ["facture.xml"]))
        self.assertEqual(document.electronic_check, "agrees")

    def test_a_doubt_that_the_invoice_settles_ends(self):
        self.connection.attach_files = False
        amounts = {"excluding": "500", "taxes": [("0.2", "20")]}
        rows = (("S", "20", "100.00", "20.00"), ("E", "0", "400.00", "0.00"))
        json = self.add(rows, **amounts)
        self.sync()
        document = self.document(json)
        document.action_book_anyway()
        self.sync()
        self.assertTrue(document.is_doubtful)
        self.connection.attach_files = True
        document.action_fetch_files()
        self.sync()
        self.assertFalse(document.is_doubtful)

    def test_a_linked_bill_is_compared_and_not_completed(self):
        document = self.draft()
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": document.move_id.partner_id.id,
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [Command.create({"name": "x", "price_unit": 5})],
            }
        )
        document.move_id.button_cancel()
        document.state = "pending"
        document._link_to(bill, "Linked")
        self.let_file_come(document)
        self.assertEqual(self.bases(document), [5.0])
        self.assertEqual([row[0] for row in document.electronic_differences], ["Total of the bill"])
