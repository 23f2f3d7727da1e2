"""A user who pressed *Sync now* is shown the progress and the result."""

import json

from odoo.addons.lucca_invoices_sync.models.sync import progress

from tests.addon.common import LuccaCase
from tests.books import user_of


class TestProgress(LuccaCase):
    def prepare(self):
        super().prepare()
        self.user = user_of(self.env, "account.group_account_invoice")
        self.env["bus.bus"].search([]).unlink()

    def press(self):
        return self.connection.with_user(self.user).action_sync_now()["params"]

    def told(self, kind):
        """Return the payloads that the user's browser was sent."""
        rows = self.env["bus.bus"].search([], order="id")
        messages = [
            json.loads(row.message)
            for row in rows
            if json.loads(row.channel)[1:] == ["res.partner", self.user.partner_id.id]
        ]
        return [one["payload"] for one in messages if one["type"] == f"lucca_invoices_sync/{kind}"]

    def test_the_button_says_that_the_synchronisation_starts(self):
        self.assertEqual(self.press()["message"], "The synchronisation with Lucca starts.")

    def test_each_step_is_shown_with_what_is_left(self):
        self.patch(progress, "PAUSE", 0)
        for _each in range(3):
            self.tenant.add_invoice(purchase=self.add_purchase())
        self.press()
        self.sync()
        steps = [(one["step"], one["left"]) for one in self.told("progress")]
        self.assertEqual(steps[0], ("Reading Lucca's list", None))
        self.assertEqual(
            list(dict(steps)),
            [
                "Reading Lucca's list",
                "Finding suppliers and taxes",
                "Creating bills",
                "Fetching files",
            ],
        )
        for step in ("Finding suppliers and taxes", "Creating bills", "Fetching files"):
            left = [number for name, number in steps if name == step]
            self.assertEqual(left, sorted(left, reverse=True), step)
        self.assertIn(("Fetching files", 0), steps)

    def test_a_step_is_shown_at_most_a_few_times_a_second(self):
        self.patch(progress, "PAUSE", 3600)
        for _each in range(3):
            self.tenant.add_invoice(purchase=self.add_purchase())
        self.press()
        self.sync()
        names = [one["step"] for one in self.told("progress")]
        self.assertEqual(names.count("Fetching files"), 1)

    def test_the_end_says_what_came_and_links_to_it(self):
        self.press()
        document = self.book(files=[])
        (end,) = self.told("finished")
        self.assertEqual((end["message"], end["type"]), ("One new bill.", "success"))
        self.assertEqual(end["name"], self.connection.name)
        (way,) = end["ways"]
        self.assertEqual(way["action"]["domain"], [["id", "in", document.move_id.ids]])

    def test_fetched_files_are_told(self):
        self.press()
        self.book(files=["a.pdf", "b.png"])
        (end,) = self.told("finished")
        self.assertEqual(end["message"], "One new bill. 2 files were attached.")

    def test_documents_that_need_attention_are_told_with_a_link(self):
        self.connection.supplier_policy = "match"
        self.press()
        document = self.book(files=[])
        (end,) = self.told("finished")
        self.assertEqual(
            (end["message"], end["type"]), ("One document needs attention.", "warning")
        )
        (way,) = end["ways"]
        self.assertEqual(way["action"]["res_id"], document.id)

    def test_the_number_that_needs_attention_is_the_one_behind_the_link(self):
        self.connection.supplier_policy = "match"
        self.book(files=[])
        self.press()
        self.book(files=[])
        (end,) = self.told("finished")
        self.assertEqual(end["message"], "2 documents need attention.")
        (way,) = end["ways"]
        shown = self.env["lucca.document"].with_user(self.user).search(way["action"]["domain"])
        self.assertEqual(len(shown.filtered("needs_attention")), 2)

    def test_documents_that_needed_attention_before_are_told_without_alarm(self):
        self.connection.supplier_policy = "match"
        self.book(files=[]).blocked_at = "2026-01-01 00:00:00"
        self.connection.supplier_policy = "create"
        self.press()
        self.book(purchase=self.add_purchase(supplier_name="Other", vat="FR46443121975"), files=[])
        (end,) = self.told("finished")
        self.assertEqual(
            (end["message"], end["type"]),
            ("One new bill. One document needs attention.", "success"),
        )

    def test_only_companies_on_the_screen_are_counted(self):
        self.connection.supplier_policy = "match"
        other = self.env["res.company"].create({"name": "Other"})
        self.user.company_ids += other
        elsewhere = self.connection.with_user(self.user).sudo()
        elsewhere = elsewhere.with_context(allowed_company_ids=other.ids)
        elsewhere.env["lucca.sync.watch"]._watch(self.connection)
        self.book(files=[])
        (end,) = self.told("finished")
        self.assertNotIn("attention", end["message"])

    def test_the_message_is_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        modules = self.env["ir.module.module"].search([("name", "=", "lucca_invoices_sync")])
        modules._update_translations(["fr_FR"])
        self.user.lang = "fr_FR"
        self.press()
        self.book(files=[])
        (end,) = self.told("finished")
        self.assertEqual(end["message"], "Une nouvelle facture.")

    def test_a_user_who_maps_is_told_the_result(self):
        self.connection.supplier_policy = "match"
        self.book(files=[])
        self.user = user_of(self.env, "account.group_account_manager")
        partner = self.env["res.partner"].create({"name": "Chosen", "is_company": True})
        self.mapping("supplier").with_user(self.user).partner_id = partner
        self.sync()
        self.assertEqual(self.told("finished")[0]["message"], "One new bill.")

    def test_nothing_new_is_told_with_the_counts_that_prove_it(self):
        self.book(files=[]).imported_at = "2026-01-01 00:00:00"
        self.press()
        self.sync()
        (end,) = self.told("finished")
        self.assertEqual(end["message"], "Nothing new. The only approved document is known.")
        self.assertEqual(end["type"], "info")

    def test_a_trouble_is_told(self):
        self.connection.api_key = "wrong"
        self.press()
        self.sync()
        (end,) = self.told("finished")
        self.assertEqual(end["type"], "danger")
        self.assertIn("does not accept the API key", end["message"])

    def test_a_pause_is_told_with_its_end(self):
        self.server.faults.fail(429, times=None, retry_after=600)
        self.press()
        self.sync()
        (end,) = self.told("finished")
        # Whether there is anything new is unknown.
        self.assertRegex(
            end["message"],
            r"^Lucca asks for a pause: the synchronisation continues at \d\d:\d\d\.$",
        )

    def test_the_end_is_told_once(self):
        self.press()
        self.book()
        self.sync()
        self.assertEqual(len(self.told("finished")), 1)

    def test_a_user_who_did_not_press_is_told_nothing(self):
        self.book()
        self.assertFalse(self.told("progress") + self.told("finished"))

    def test_the_button_says_that_a_synchronisation_is_running(self):
        with self.registry.cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(1819632481, %s)", [self.connection.id])
            message = self.press()["message"]
        self.assertEqual(message, "A synchronisation with Lucca is running already.")
