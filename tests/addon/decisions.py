"""A test case about the decisions of people, which are stored."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields

from tests.addon.ways import BILLING, WaysCase


class DecisionsCase(WaysCase):
    def setUp(self):
        super().setUp()
        self.clerk = self.users[BILLING]
        self.days = 0

    def by_clerk(self, records):
        """Return the records in the environment of a billing user's own session."""
        return records.with_env(self.env(user=self.clerk, context={}))

    def audit(self):
        """Run a synchronisation that lists all documents, eight days after the one before."""
        self.days += 8
        with freeze_time(fields.Datetime.now() + timedelta(days=self.days), tick=True):
            self.assertTrue(self.sync())

    def json_of(self, document):
        return next(one for one in self.tenant.documents if one["id"] == document.lucca_id)

    def change(self, document, **values):
        self.tenant.change(self.json_of(document), **values)
        self.audit()

    def decisions(self, document):
        """Return the stored decisions about a document, the oldest first."""
        document.invalidate_recordset(["decision_ids"])
        return document.decision_ids.sorted("id")

    def kinds(self, document):
        return self.decisions(document).mapped("kind")

    def assertDecided(self, document, kind, *words, by=None, bill=None):
        """Assert the last decision about a document, and return it."""
        decision = self.decisions(document)[-1:]
        self.assertEqual(decision.kind, kind)
        self.assertEqual(decision.user_id, by or self.env["res.users"])
        self.assertEqual(decision.company_id, document.company_id)
        self.assertEqual(decision.move_id, bill or self.env["account.move"])
        for part in words:
            self.assertIn(part, decision.message)
        return decision
