"""The buttons of a list that is grouped by reason: one decision for the whole group."""

from odoo.addons.lucca_invoices_sync.models.document.groups import FOR_MANY
from odoo.addons.lucca_invoices_sync.models.document.ways_out import WAYS_OUT
from odoo.exceptions import AccessError, UserError

from tests.addon.ways import AUDITOR, BILLING, MANAGER, WaysCase


class TestGroupWays(WaysCase):
    def theirs(self, group):
        return self.env["lucca.document"].with_user(self.users[group])

    def names(self, group, reason):
        return [way["name"] for way in self.theirs(group).get_group_ways()[reason]]

    def take(self, name, reason, group=BILLING):
        domain = [("reason", "=", reason)]
        return self.theirs(group).action_for_group(name, domain)

    def test_each_reason_has_a_button_for_a_billing_user(self):
        for group in (BILLING, MANAGER):
            for reason in WAYS_OUT:
                with self.subTest(user=group, reason=reason):
                    self.assertTrue(self.names(group, reason))

    def test_an_auditor_is_offered_no_button_and_is_refused(self):
        self.waiting("tax_mismatch")
        self.assertFalse(any(self.theirs(AUDITOR).get_group_ways().values()))
        with self.assertRaises(AccessError):
            self.take("action_retry", "tax_mismatch", AUDITOR)

    def test_the_best_button_comes_first(self):
        self.assertEqual(
            self.names(BILLING, "duplicate_bill"),
            ["action_link_exact", "action_ask_to_book", "action_retry", "action_ask_to_ignore"],
        )
        self.assertEqual(
            self.names(MANAGER, "unmapped_tax"),
            ["action_open_mappings", "action_retry", "action_ask_to_ignore"],
        )
        self.assertEqual(
            self.names(BILLING, "unmapped_tax"), ["action_retry", "action_ask_to_ignore"]
        )

    def test_a_currency_is_activated_for_the_whole_group(self):
        document = self.waiting("inactive_currency")
        self.assertEqual(self.names(MANAGER, "inactive_currency")[0], "action_activate_currency")
        self.take("action_activate_currency", "inactive_currency", MANAGER)
        self.assertTrue(document.currency_id.active)

    def test_a_button_decides_for_the_whole_group_and_no_other_document(self):
        documents = self.waiting("tax_mismatch") | self.waiting("tax_mismatch")
        self.waiting("doubtful_date")
        action = self.take("action_ask_to_book", "tax_mismatch")
        self.assertEqual(set(action["context"]["active_ids"]), set(documents.ids))

    def test_retry_tries_the_whole_group_again(self):
        documents = self.waiting("tax_mismatch") | self.waiting("tax_mismatch")
        answer = self.take("action_retry", "tax_mismatch")
        self.assertEqual(set(documents.mapped("state")), {"pending"})
        self.assertIn("2", answer["params"]["message"])

    def test_a_choice_is_about_the_reference_that_the_group_waits_for(self):
        document = self.waiting("unmapped_tax")
        action = self.take("action_open_mappings", "unmapped_tax", MANAGER)
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(
            wizard.reference_ids & document.waiting_mapping_ids,
            document.mapping_ids.filtered(lambda one: one.kind == "tax"),
        )

    def test_linking_asks_about_the_group(self):
        document = self.waiting("duplicate_bill")
        action = self.take("action_link_exact", "duplicate_bill")
        self.assertEqual(action["context"]["active_ids"], document.ids)

    def test_any_other_method_is_refused(self):
        self.waiting("tax_mismatch")
        for name in ("unlink", "action_ignore", "_ask_to_link", "__init__"):
            with self.subTest(name), self.assertRaises(UserError):
                self.take(name, "tax_mismatch")

    def test_a_group_that_became_empty_is_told(self):
        with self.assertRaises(UserError):
            self.take("action_retry", "tax_mismatch")

    def test_each_button_is_one_of_a_documents(self):
        methods = {way.method for ways in WAYS_OUT.values() for way in ways}
        self.assertLessEqual(set(FOR_MANY), methods)
