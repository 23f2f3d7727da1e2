"""The administrator sets for how many years decisions are kept, counted from the end of the fiscal year."""

from freezegun import freeze_time
from odoo.addons.lucca_invoices_sync.models.document import decision as decision_module
from odoo.exceptions import UserError

from tests.addon.decisions import DecisionsCase
from tests.books import user_of

YEARS = "lucca_invoices_sync.decision_years"


class TestRetention(DecisionsCase):
    def decide(self, document, moment):
        with freeze_time(moment):
            document._note_decision("seen", "x")
        return self.decisions(document)[-1:]

    def clean_up(self, moment):
        with freeze_time(moment):
            return self.env["lucca.decision"]._forget_old()

    def keep_for(self, years):
        settings = self.env["res.config.settings"].with_user(user_of(self.env, "base.group_system"))
        settings.create({"lucca_decision_years": years}).execute()

    def test_decisions_are_kept_for_ten_years_after_the_fiscal_year(self):
        document = self.book(lines=[(100, "0.2")], date="2026-01-15")
        decision = self.decide(document, "2026-02-01")
        self.clean_up("2036-12-31 12:00:00")
        self.assertTrue(decision.exists())
        self.assertEqual(self.clean_up("2037-01-01 12:00:00"), (1, False))
        self.assertFalse(decision.exists())

    def test_the_fiscal_year_is_the_companys(self):
        self.company.write({"fiscalyear_last_month": "6", "fiscalyear_last_day": 30})
        document = self.book(lines=[(100, "0.2")], date="2026-01-15")
        decision = self.decide(document, "2026-02-01")
        self.clean_up("2036-06-30 12:00:00")
        self.assertTrue(decision.exists())
        self.clean_up("2036-07-01 12:00:00")
        self.assertFalse(decision.exists())

    def test_the_fiscal_year_ends_in_the_companys_time_zone(self):
        document = self.book(lines=[(100, "0.2")], date="2026-01-15")
        decision = self.decide(document, "2026-12-31 23:30:00")  # In Paris, this is in 2027.
        self.clean_up("2037-12-31 12:00:00")
        self.assertTrue(decision.exists())
        self.clean_up("2038-01-01 12:00:00")
        self.assertFalse(decision.exists())

    def test_decisions_are_kept_as_long_as_the_bill_of_a_later_year(self):
        document = self.book(lines=[(100, "0.2")], date="2026-01-15")
        decision = self.decide(document, "2025-12-15")
        self.clean_up("2036-06-01 12:00:00")
        self.assertTrue(decision.exists())
        self.clean_up("2037-01-01 12:00:00")
        self.assertFalse(decision.exists())

    def test_decisions_about_a_waiting_document_are_kept(self):
        document = self.waiting("unknown_supplier")
        decision = self.decide(document, "2026-02-01")
        self.clean_up("2060-01-01 12:00:00")
        self.assertTrue(decision.exists())
        document.action_ignore("Not ours")
        self.clean_up("2060-01-01 12:00:00")
        self.assertFalse(decision.exists())

    def test_decisions_are_deleted_in_portions(self):
        document = self.book(lines=[(100, "0.2")], date="2026-01-15")
        decisions = self.decide(document, "2026-02-01") | self.decide(document, "2026-02-02")
        self.patch(decision_module, "PORTION", 1)
        self.assertEqual(self.clean_up("2037-01-02"), (1, True))
        self.assertEqual(len(decisions.exists()), 1)
        self.assertEqual(self.clean_up("2037-01-02"), (1, True))
        self.assertEqual(self.clean_up("2037-01-02"), (0, False))

    def test_the_settings_show_for_how_long(self):
        document = self.book(lines=[(100, "0.2")], date="2026-01-15")
        self.assertEqual(self.env["res.config.settings"].create({}).lucca_decision_years, 10)
        self.keep_for(15)
        decision = self.decide(document, "2026-02-01")
        self.clean_up("2041-12-31 12:00:00")
        self.assertTrue(decision.exists())
        self.clean_up("2042-01-01 12:00:00")
        self.assertFalse(decision.exists())

    def test_zero_years_keep_decisions_for_ever(self):
        document = self.book(lines=[(100, "0.2")], date="2026-01-15")
        decision = self.decide(document, "2026-02-01")
        self.keep_for(0)
        self.assertEqual(self.env["res.config.settings"].create({}).lucca_decision_years, 0)
        self.clean_up("2200-01-01")
        self.assertTrue(decision.exists())

    def test_a_parameter_that_is_no_number_of_years_keeps_decisions_for_ever(self):
        document = self.book(lines=[(100, "0.2")], date="2026-01-15")
        decision = self.decide(document, "2026-02-01")
        for text in ("ten", "-1", "99999", "1.5"):
            self.env["ir.config_parameter"].set_param(YEARS, text)
            self.clean_up("2200-01-01")
            self.assertTrue(decision.exists(), text)

    def test_a_negative_number_is_refused(self):
        with self.assertRaisesRegex(UserError, "how many years"):
            self.keep_for(-1)
