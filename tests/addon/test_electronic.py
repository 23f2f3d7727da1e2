"""An electronic invoice settles what Lucca does not say about a document."""

import io

from odoo.addons.lucca_invoices_sync.models.bill.preview import preview_bill
from odoo.tools.pdf import OdooPdfFileReader, OdooPdfFileWriter
from reportlab.pdfgen.canvas import Canvas

from tests.addon.electronic import ElectronicCase
from tests.simulator import electronic

#: 100 at 20 %, and 400 exempt: Lucca's totals alone do not explain this.
ROWS = (("S", "20", "100.00", "20.00"), ("E", "0", "400.00", "0.00"))
AMOUNTS = {"excluding": "500", "taxes": [("0.2", "20")]}


class TestSettled(ElectronicCase):
    """Where the amounts do not explain themselves, the document's file is fetched first."""

    def test_the_document_is_booked_in_the_same_synchronisation(self):
        document = self.book_electronic(ROWS, **AMOUNTS)
        self.assertEqual(document.state, "imported")
        bases = document.move_id.invoice_line_ids.mapped("price_subtotal")
        self.assertEqual(bases, [100.0, 400.0])
        self.assertEqual(self.names(document), ["facture.xml"])
        self.assertEqual(len(self.downloads()), 1)

    def test_without_a_file_that_proves_the_amounts_a_person_decides(self):
        document = self.book(files=["facture.pdf"], **AMOUNTS)
        self.assertEqual((document.reason, document.files_state), ("tax_mismatch", "done"))
        self.sync()
        self.assertEqual(len(self.downloads()), 1)

    def test_a_file_that_cannot_be_an_invoice_is_not_fetched(self):
        document = self.book(files=["photo.png", "mail.eml", "scan"], **AMOUNTS)
        self.assertEqual(document.file_ids.mapped("state"), ["pending", "pending", "attached"])

    def test_a_connection_that_attaches_no_files_fetches_none(self):
        self.connection.attach_files = False
        document = self.book_electronic(ROWS, **AMOUNTS)
        self.assertEqual(document.reason, "tax_mismatch")
        self.assertFalse(self.downloads())
        document.action_show_files()
        self.sync()
        self.assertEqual(document.state, "imported", "a person asked for it")

    def test_a_document_that_waits_for_another_reason_fetches_no_file(self):
        self.connection.supplier_policy = "match"
        document = self.book_electronic()
        self.assertEqual(document.reason, "unknown_supplier")
        self.assertFalse(self.downloads())

    def test_files_that_settle_amounts_come_before_those_of_bills(self):
        self.tenant.add_invoice(purchase=self.add_purchase(), files=["a.pdf"])
        json = self.add(ROWS, **AMOUNTS)
        self.sync()
        identifier = json["attachments"][0]["file"]["id"]
        self.assertIn(identifier, self.downloads()[0].path)

    def test_an_invoice_with_other_amounts_is_told_and_the_document_still_waits(self):
        document = self.book_electronic(ROWS, changed={"BT-112": "521.00"}, **AMOUNTS)
        self.assertEqual((document.state, document.reason), ("blocked", "tax_mismatch"))
        self.assertTrue(document.has_differences)
        self.assertIn("521.00", document.electronic_message)
        self.sync()
        self.assertEqual(len(self.downloads()), 1)

    def test_the_preview_tells_what_differs(self):
        document = self.book_electronic(ROWS, changed={"BT-112": "521.00"}, **AMOUNTS)
        preview = preview_bill(document, self.env["account.account"], {})
        self.assertIn("521.00", preview.doubts[0])

    def test_a_first_look_is_settled_by_the_file_too(self):
        self.connection.is_booking = False
        document = self.book_electronic(ROWS, **AMOUNTS)
        self.assertEqual((document.state, document.coming_as), ("pending", "in_invoice"))


class TestSeveralInOnePdf(ElectronicCase):
    def test_the_file_with_the_standards_name_is_the_pdfs_own_invoice(self):
        json = self.tenant.add_invoice(
            lines=[("100", "0.2")], purchase=self.add_purchase(), date="2026-01-15", files=[]
        )
        embedded = {"annexe.xml": {"BT_112": "999.00"}, "Factur-X.xml": {}}
        self.attach(json, pdf_with(json, embedded), "facture.pdf")
        self.sync()
        self.assertEqual(self.document(json).electronic_check, "agrees")

    def test_the_pages_may_be_packed_as_reportlab_does_it(self):
        page = io.BytesIO()
        canvas = Canvas(page)
        canvas.drawString(100, 100, "Facture")
        canvas.save()
        self.assertIn(b"[ /ASCII85Decode /FlateDecode ]", page.getvalue())
        json = self.add(purchase=self.add_purchase(), number="F-1")
        json["attachments"] = []
        self.attach(json, pdf_with(json, {"factur-x.xml": {"BT_1": "G-9"}}, page), "facture.pdf")
        self.sync()
        document = self.document(json)
        self.assertEqual(document.electronic_check, "differs")
        self.assertIn("G-9", document.electronic_message)


def pdf_with(json, embedded, page=None):
    """Return a PDF with invoices of a document embedded in it, given as ``{name: changed terms}``.

    :param page: a file with a PDF whose page it has
    """
    writer = OdooPdfFileWriter()
    if page:
        writer.add_page(OdooPdfFileReader(page).pages[0])
    else:
        writer.add_blank_page(100, 100)
    for name, changed in embedded.items():
        writer.addAttachment(name, electronic.cii(json, **changed))
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
