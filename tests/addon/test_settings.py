"""The settings screen connects a company in one place."""

from datetime import date

from odoo.addons.lucca_invoices_sync.models.connection import secret
from odoo.exceptions import AccessError, UserError

from tests.addon.common import KEY, LuccaCase
from tests.books import swiss_company, user_of


class SettingsCase(LuccaCase):
    """A company that is not connected."""

    def prepare(self):
        super().prepare()
        self.connection.unlink()

    def settings(self, **values):
        return self.env["res.config.settings"].create(values)


class TestSettings(SettingsCase):
    def connections(self):
        return self.env["lucca.connection"].search([("company_id", "=", self.company.id)])

    def test_host_key_and_date_make_a_connection(self):
        self.settings(
            lucca_host=self.server.url, lucca_api_key=KEY, lucca_start_date="2026-01-01"
        ).execute()
        self.assertRecordValues(
            self.connections(),
            [{"host": self.server.url, "start_date": date(2026, 1, 1)}],
        )
        self.assertEqual(self.connections()._key(), KEY)

    def test_they_change_an_existing_connection(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        self.settings(lucca_host="acme.ilucca.net").execute()
        self.assertRecordValues(self.connections(), [{"host": "acme.ilucca.net"}])
        self.assertEqual(self.connections()._key(), KEY)

    def test_an_archived_connection_is_activated_again(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        connection = self.connections()
        connection.active = False
        self.settings(lucca_host=self.server.url).execute()
        self.assertEqual(self.connections(), connection)

    def test_an_archived_connection_without_bills_begins_with_a_look_again(self):
        connection = self.connect()
        connection.active = False
        self.settings(lucca_host=self.server.url).execute()
        self.assertEqual(self.connections(), connection)
        self.assertFalse(connection.is_booking)

    def test_an_archived_connection_with_bills_goes_on_booking(self):
        connection = self.connect()
        self.tenant.add_invoice(
            purchase=self.add_purchase(), lines=[(100, "0.2")], date="2026-01-15"
        )
        self.sync(connection)
        self.assertTrue(self.env["lucca.document"].search([("move_id", "!=", False)]))
        connection.active = False
        self.settings(lucca_host=self.server.url).execute()
        self.assertEqual(self.connections(), connection)
        self.assertTrue(connection.is_booking)

    def test_a_wrong_key_does_not_replace_a_good_one(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        self.sync(self.connections())
        with self.assertRaisesRegex(UserError, "does not accept.* The former key is kept"):
            self.settings(lucca_host=self.server.url, lucca_api_key="wrong").execute()
        self.assertEqual(self.connections()._key(), KEY)

    def test_an_archived_connection_to_another_account_stays_archived(self):
        self.settings(lucca_host="acme.ilucca.net", lucca_api_key=KEY).execute()
        archived = self.connections()
        archived.active = False
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        self.assertNotEqual(self.connections(), archived)
        self.assertFalse(archived.active)

    def test_saving_other_settings_leaves_an_archived_connection_archived(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        archived = self.connections()
        archived.active = False
        self.settings().execute()
        self.assertFalse(archived.active)

    def test_saving_other_settings_does_not_begin_anew(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        connection = self.connections()
        connection.write({"last_audit_at": "2026-01-01", "list_path": "/known"})
        self.settings().execute()
        self.assertEqual(connection.list_path, "/known")

    def test_a_cleared_account_is_refused_since_that_stops_nothing(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        cleared = self.settings(lucca_host=False, lucca_auto_post=True)
        with self.assertRaisesRegex(UserError, "archive the connection"):
            cleared.execute()

    def test_saving_other_settings_makes_no_connection(self):
        self.settings().execute()
        self.assertFalse(self.connections())

    def test_the_screen_does_not_show_the_key(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        settings = self.settings()
        self.assertEqual(settings.lucca_api_key_source, "database")
        self.assertFalse(settings.lucca_api_key)

    def test_the_state_of_the_connection_is_shown(self):
        self.settings(lucca_host=self.server.url, lucca_api_key="wrong").execute()
        self.sync(self.connections())
        self.assertIn("does not accept", self.settings().lucca_last_error)

    def test_the_options_are_saved_on_the_connection(self):
        journal = self.env["account.journal"].create(
            {"name": "Lucca", "code": "LUC", "type": "purchase", "company_id": self.company.id}
        )
        options = {"supplier_policy": "match", "tax_scope": "consu", "auto_post": True}
        settings = self.settings(
            lucca_host=self.server.url,
            lucca_journal_id=journal.id,
            lucca_attach_files=False,
            **{f"lucca_{name}": value for name, value in options.items()},
        )
        settings.execute()
        self.assertRecordValues(
            self.connections(), [{**options, "journal_id": journal.id, "attach_files": False}]
        )

    def test_the_screen_shows_the_saved_options_or_the_defaults(self):
        usual = {"lucca_supplier_policy": "create", "lucca_attach_files": True}
        self.assertRecordValues(self.settings(), [{**usual, "lucca_host": False}])
        self.connect(supplier_policy="match", attach_files=False)
        saved = {"lucca_supplier_policy": "match", "lucca_attach_files": False}
        self.assertRecordValues(self.settings(), [{**saved, "lucca_host": self.server.url}])

    def test_a_connection_has_a_name_in_the_users_language(self):
        self.env = self.env(context={"lang": "fr_FR"})
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        self.assertEqual(self.connections().name, "Lucca Factures")

    def test_the_connection_of_a_second_company_has_its_name(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        second = swiss_company(self.env)
        self.env = self.env(context={"allowed_company_ids": second.ids})
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        names = self.env["lucca.connection"].search([], order="id").mapped("name")
        self.assertEqual(names, ["Lucca Invoices", f"Lucca Invoices ({second.name})"])

    def test_a_first_connection_starts_its_look_when_it_is_saved(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        self.connection = self.connections()
        self.assertTrue(self.triggers())
        watch = self.env["lucca.sync.watch"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual(watch.user_id, self.env.user)


class TestTestConnection(SettingsCase):
    """The button tells what the key may read. It saves and starts nothing."""

    def state(self):
        """Return all that a test could save or start."""
        names = ("lucca.connection", "lucca.budget", "lucca.sync.state", "ir.cron")
        rows = [(name, self.env[name].search_count([])) for name in names]
        return rows, self.env["ir.cron.trigger"].search_count([])

    def said(self, action):
        return action["params"]["message"]

    def test_typed_values_are_tested_and_not_saved(self):
        before = self.state()
        settings = self.settings(lucca_host=self.server.url, lucca_api_key=KEY)
        self.assertIn("Connected to", self.said(settings.action_lucca_test_connection()))
        self.env.flush_all()
        self.assertEqual(self.state(), before)

    def test_the_number_of_documents_that_were_reached_is_told(self):
        settings = self.settings(lucca_host=self.server.url, lucca_api_key=KEY)
        self.tenant.add_invoice()
        self.assertIn(
            ": 1 approved document since ", self.said(settings.action_lucca_test_connection())
        )
        self.tenant.add_invoice()
        self.assertIn(
            ": 2 approved documents since ", self.said(settings.action_lucca_test_connection())
        )
        self.server.behaviour.gives_count = False
        self.assertIn(
            "Lucca does not count its documents", self.said(settings.action_lucca_test_connection())
        )

    def test_a_new_screen_that_is_not_stored_is_tested(self):
        before = self.state()
        typed = {"lucca_host": self.server.url, "lucca_api_key": KEY}
        typed["lucca_start_date"] = "2026-03-01"
        test = self.env["res.config.settings"].action_lucca_test_connection
        self.assertIn("since 03/01/2026", self.said(test(typed)))
        self.assertEqual(self.state(), before)
        self.assertFalse(self.env["res.config.settings"].search([]))

    def test_the_typed_key_is_saved_after_the_test(self):
        settings = self.settings(lucca_host=self.server.url, lucca_api_key=KEY)
        settings.action_lucca_test_connection()
        settings.execute()
        connection = self.env["lucca.connection"].search([])
        self.assertEqual(connection._key(), KEY)
        self.assertFalse(secret.find_keys(self.env.cr, settings.ids, secret.SETTINGS), "taken")

    def test_a_wrong_key_is_reported_and_the_saved_key_stays(self):
        connection = self.connect()
        settings = self.settings(lucca_api_key="wrong")
        with self.assertRaisesRegex(UserError, "does not accept the API key"):
            settings.action_lucca_test_connection()
        self.assertEqual(connection._key(), KEY)

    def test_the_saved_key_is_tested_where_none_is_typed(self):
        self.connect()
        self.assertIn("Connected to", self.said(self.settings().action_lucca_test_connection()))

    def test_the_saved_key_is_not_sent_to_another_host_that_is_typed(self):
        self.env["ir.config_parameter"].set_param("lucca_invoices_sync.extra_hosts", "evil.com")
        self.connect()
        settings = self.settings(lucca_host="evil.com")
        with self.assertRaisesRegex(UserError, "No API key is set for evil.com"):
            settings.action_lucca_test_connection()

    def test_a_typed_key_is_not_sent_to_a_host_that_is_typed_later(self):
        self.env["ir.config_parameter"].set_param("lucca_invoices_sync.extra_hosts", "evil.com")
        settings = self.settings(lucca_host=self.server.url, lucca_api_key=KEY)
        settings.lucca_host = "evil.com"
        with self.assertRaisesRegex(UserError, "No API key is set for evil.com"):
            settings.action_lucca_test_connection()
        settings.execute()
        self.assertFalse(self.env["lucca.connection"].search([])._key())

    def test_a_text_that_is_no_host_is_refused_with_a_message(self):
        for host in ("not a host", "https://", "evil.com"):
            with self.assertRaisesRegex(UserError, "is not the address of a Lucca account"):
                self.settings(lucca_host=host).action_lucca_test_connection()

    def test_without_a_host_the_message_asks_for_one(self):
        with self.assertRaisesRegex(UserError, "Enter the address"):
            self.settings().action_lucca_test_connection()

    def test_a_typed_key_is_deleted_with_its_screen(self):
        settings = self.settings(lucca_host=self.server.url, lucca_api_key=KEY)
        (settings_id,) = settings.ids
        settings.sudo().unlink()
        self.env.flush_all()
        self.assertFalse(secret.find_keys(self.env.cr, [settings_id], secret.SETTINGS))

    def test_a_typed_key_cannot_be_read(self):
        settings = self.settings(lucca_host=self.server.url, lucca_api_key=KEY)
        self.env.flush_all()
        self.env.invalidate_all()
        for answer in (
            settings.read(),
            settings.web_read({"lucca_api_key": {}}),
            settings.export_data(["lucca_api_key"]),
        ):
            self.assertNotIn(KEY, str(answer))

    def test_only_administrators_may_test(self):
        manager = user_of(self.env, "account.group_account_manager")
        test = self.env["res.config.settings"].with_user(manager).action_lucca_test_connection
        with self.assertRaises(AccessError):
            test({"lucca_host": self.server.url, "lucca_api_key": KEY})
