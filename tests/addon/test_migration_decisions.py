"""The upgrade makes decisions of the notes on bills, where they tell the person and the time."""

from tests.addon.common import migrate
from tests.addon.decisions import DecisionsCase


class TestMigration(DecisionsCase):
    def upgrade(self):
        """Restore the database that the version before left, and upgrade it."""
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM lucca_decision")
        self.env.invalidate_all()
        migrate(self.env, "19.0.1.5.0/post-decisions.py", "19.0.1.4.0")

    def facts(self, document):
        """Return the values of a document's decisions, except the text."""
        return self.decisions(document).mapped(
            lambda one: (one.kind, one.user_id, one.move_id, one.company_id)
        )

    def live(self):
        """Make documents with a decision of each kind that notes tell of. Return them."""
        linked, by_hand = self.waiting("duplicate_bill"), self.waiting("invalid_document")
        self.by_clerk(linked).action_link_bill()
        self.by_clerk(by_hand).action_enter_by_hand()
        changed, followed, left = (self.book(number=f"F-{n}") for n in range(2, 5))
        changed.move_id.action_post()
        for document in (changed, followed):
            self.tenant.change(self.json_of(document), documentNumber=f"{document.number} bis")
        amounts = self.json_of(left)["amountIncludingTaxes"]
        amounts["base"]["includingTaxes"]["value"] = 90
        self.tenant.change(self.json_of(left), amountIncludingTaxes=amounts)
        self.audit()
        self.by_clerk(left).action_ignore("It was paid so.")
        self.tenant.withdraw(self.json_of(followed))
        self.sync()
        self.tenant.approve(self.json_of(followed))
        self.sync()
        return linked | by_hand | changed | followed | left

    def assertUpgraded(self):
        documents = self.live()
        # The note on a draft that follows also tells of the change. A draft that could not follow
        # has none.
        expected = {
            one: [fact for fact in self.facts(one) if fact[0] != "changed" or one.is_changed]
            for one in documents
        }
        self.assertEqual(
            {fact[0] for facts in expected.values() for fact in facts},
            {"linked", "by_hand", "left", "changed", "followed", "withdrawn", "approved"},
        )
        self.upgrade()
        for document in documents:
            self.assertEqual(self.facts(document), expected[document])
        return documents

    def test_each_decision_in_the_notes_becomes_a_row(self):
        documents = self.assertUpgraded()
        changed = self.decisions(documents).filtered(lambda one: one.kind == "changed")
        self.assertIn("Number: F-2 → F-2 bis", changed.message)
        note = changed.move_id.message_ids.filtered(lambda one: "after it became" in one.body)
        self.assertEqual(changed.decided_at, note.date)

    def test_notes_in_another_language_become_rows_too(self):
        self.connection.responsible_id.lang = "fr_FR"
        self.assertUpgraded()

    def test_a_note_that_a_person_wrote_is_no_decision(self):
        document = self.book()
        document.move_id.message_post(
            body="Lucca lists this document as approved again.", message_type="comment"
        )
        document.move_id._message_log(body="Nothing of ours")
        self.upgrade()
        self.assertFalse(self.kinds(document))

    def test_a_repeated_upgrade_adds_nothing(self):
        document = self.waiting("duplicate_bill")
        self.by_clerk(document).action_link_bill()
        self.upgrade()
        migrate(self.env, "19.0.1.5.0/post-decisions.py", "19.0.1.4.0")
        self.assertEqual(self.kinds(document), ["linked"])
