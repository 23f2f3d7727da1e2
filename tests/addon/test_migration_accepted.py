"""The upgrade keeps the reasons that people accepted when a document stored only one of them."""

from tests.addon.common import LuccaCase, migrate


class TestMigration(LuccaCase):
    def test_an_accepted_reason_is_the_first_of_the_set(self):
        booked, other = self.book(), self.book(lines=[(70, "0.2")])
        waiting = self.book(excluding=100, taxes=[("0.2", 10)])
        self.env.cr.execute("ALTER TABLE lucca_document ADD COLUMN accepted_reason varchar")
        self.env.cr.execute(
            "UPDATE lucca_document SET accepted_reason = 'duplicate_bill' WHERE id IN %s",
            [(booked.id, waiting.id)],
        )
        migrate(self.env, "19.0.1.2.0/pre-accepted-reasons.py", "19.0.1.1.0")
        self.assertRecordValues(
            booked | other | waiting,
            [
                {"accepted_reasons": ["duplicate_bill"], "is_doubtful": True},
                {"accepted_reasons": False, "is_doubtful": False},
                {"accepted_reasons": ["duplicate_bill"], "is_doubtful": False},
            ],
        )
        self.assertTrue(waiting._is_accepted("duplicate_bill"))
        migrate(
            self.env, "19.0.1.2.0/pre-accepted-reasons.py", "19.0.1.1.0"
        )  # This repeats the upgrade.
        self.assertEqual(booked.accepted_reasons, ["duplicate_bill"])
