"""What people accepted before the reasons were a set stays accepted."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from odoo.modules import get_module_path

from tests.addon.common import LuccaCase

SCRIPT = Path(
    get_module_path("lucca_invoices_sync"), "migrations/19.0.1.2.0/pre-accepted-reasons.py"
)


class TestMigration(LuccaCase):
    def migrate(self):
        spec = spec_from_file_location("accepted_reasons", SCRIPT)
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        self.env.flush_all()
        module.migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()

    def test_an_accepted_reason_is_the_first_of_the_set(self):
        booked, other = self.book(), self.book(lines=[(70, "0.2")])
        waiting = self.book(excluding=100, taxes=[("0.2", 10)])
        self.env.cr.execute("ALTER TABLE lucca_document ADD COLUMN accepted_reason varchar")
        self.env.cr.execute(
            "UPDATE lucca_document SET accepted_reason = 'duplicate_bill' WHERE id IN %s",
            [(booked.id, waiting.id)],
        )
        self.migrate()
        self.assertRecordValues(
            booked | other | waiting,
            [
                {"accepted_reasons": ["duplicate_bill"], "is_doubtful": True},
                {"accepted_reasons": False, "is_doubtful": False},
                {"accepted_reasons": ["duplicate_bill"], "is_doubtful": False},
            ],
        )
        self.assertTrue(waiting._is_accepted("duplicate_bill"))
        self.migrate()  # an upgrade that is begun again
        self.assertEqual(booked.accepted_reasons, ["duplicate_bill"])
