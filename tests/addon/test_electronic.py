"""What Lucca does not say of a document, its electronic invoice does."""

from tests.addon.electronic import ElectronicCase


class TestEvidence(ElectronicCase):
    """A document whose amounts do not explain themselves waits for a person, or for its file."""

    ROWS = (("S", "20", "100.00", "20.00"), ("E", "0", "400.00", "0.00"))

    def waiting(self):
        json = self.add(self.ROWS, excluding="500", taxes=[("0.2", "20")])
        self.sync()
        return self.document(json)

    def test_it_waits_as_long_as_its_file_is_not_there(self):
        self.assertEqual(self.waiting().reason, "tax_mismatch")

    def test_the_file_settles_it(self):
        document = self.waiting()
        document.action_show_files()
        self.sync()
        self.assertEqual(document.state, "imported")
        bases = document.move_id.invoice_line_ids.mapped("price_subtotal")
        self.assertEqual(bases, [100.0, 400.0])
