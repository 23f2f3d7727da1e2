"""What the tests of a class begin with is made once, and no test sees what another does with it."""

from tests.addon.common import LuccaCase


class BeginningMixin:
    """Two tests. The second of them, whichever it is, notices what the first one left."""

    made = 0

    def prepare(self):
        super().prepare()
        type(self).made += 1
        self.purchase = self.add_purchase()
        self.lucca_document = self.book(purchase=self.purchase, number="F-1")

    def assertBeginning(self):
        self.assertIs(self.purchase, self.tenant.purchases[self.purchase["id"]])
        self.assertIs(self.server.tenant, self.tenant)
        self.assertEqual(self.purchase["title"], "Fournitures")
        self.assertEqual(self.documents(), self.lucca_document)
        self.assertEqual(self.lucca_document.state, "imported")
        self.assertEqual(self.connection.supplier_policy, "create")
        self.assertFalse(self.server.behaviour.denied)

    def spoil(self):
        self.purchase["title"] = "spoiled"
        self.connection.supplier_policy = "match"
        self.lucca_document.move_id.unlink()
        self.book(supplier_name="Another")
        self.server.behaviour.denied["documents"] = 403
        self.server.requests.clear()

    def test_one(self):
        self.assertBeginning()
        self.spoil()

    def test_another(self):
        self.assertBeginning()
        self.spoil()


class TestPreparedOnce(BeginningMixin, LuccaCase):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.made, 1)


class TestPreparedEachTime(BeginningMixin, LuccaCase):
    is_prepared_once = False

    def setUp(self):
        before = self.made
        super().setUp()
        self.assertEqual(self.made, before + 1)
