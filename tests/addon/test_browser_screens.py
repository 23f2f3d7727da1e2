"""Screens show information where people look for it, in a real browser."""

from tests.addon.test_browser_people import PeopleCase

MANAGER = "account.group_account_manager"


class OnTheDesk(PeopleCase):
    browser_size = "1400x900"

    def test_an_auditor_goes_from_a_synchronisation_to_the_documents_that_needed_attention(self):
        self.waiting()
        auditor = "account.group_account_readonly"
        self.walk("lucca_run_leads_to_its_documents", auditor, "/odoo/lucca-runs", lang="fr_FR")


class OnAPhone(PeopleCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_manager_chooses_a_tax_on_its_card(self):
        document = self.waiting()
        self.walk("lucca_chooses_on_the_card", MANAGER, "/odoo/lucca-mappings", lang="fr_FR")
        document.invalidate_recordset()
        self.assertEqual(document.state, "pending", "its bill is created next")
