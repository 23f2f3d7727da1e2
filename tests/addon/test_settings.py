"""The settings screen: connect a company in one place."""

from datetime import date

from odoo.exceptions import UserError

from tests.addon.common import KEY, LuccaCase


class TestSettings(LuccaCase):
    def setUp(self):
        super().setUp()
        self.connection.unlink()

    def settings(self, **values):
        return self.env["res.config.settings"].create(values)

    def connections(self):
        return self.env["lucca.connection"].search([("company_id", "=", self.company.id)])

    def test_host_key_and_date_make_the_connection(self):
        self.settings(
            lucca_host=self.server.url, lucca_api_key=KEY, lucca_start_date="2026-01-01"
        ).execute()
        self.assertRecordValues(
            self.connections(),
            [{"host": self.server.url, "start_date": date(2026, 1, 1)}],
        )
        self.assertEqual(self.connections()._key(), KEY)

    def test_they_change_the_connection_that_is_there(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        self.settings(lucca_host="acme.ilucca.net").execute()
        self.assertRecordValues(self.connections(), [{"host": "acme.ilucca.net"}])
        self.assertEqual(self.connections()._key(), KEY)

    def test_an_archived_connection_is_taken_up_again(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        connection = self.connections()
        connection.active = False
        self.settings(lucca_host=self.server.url).execute()
        self.assertEqual(self.connections(), connection)

    def test_a_wrong_key_does_not_replace_a_good_one(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        self.sync(self.connections())
        with self.assertRaisesRegex(UserError, "does not accept.* The former key is kept"):
            self.settings(lucca_host=self.server.url, lucca_api_key="wrong").execute()
        self.assertEqual(self.connections()._key(), KEY)

    def test_an_archived_one_to_another_account_is_left_alone(self):
        self.settings(lucca_host="acme.ilucca.net", lucca_api_key=KEY).execute()
        archived = self.connections()
        archived.active = False
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        self.assertNotEqual(self.connections(), archived)
        self.assertFalse(archived.active)

    def test_saving_other_settings_leaves_an_archived_one_alone(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        archived = self.connections()
        archived.active = False
        self.settings().execute()
        self.assertFalse(archived.active)

    def test_saving_other_settings_does_not_start_afresh(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        connection = self.connections()
        connection.write({"last_audit_at": "2026-01-01", "list_path": "/known"})
        self.settings().execute()
        self.assertEqual(connection.list_path, "/known")

    def test_saving_other_settings_makes_no_connection(self):
        self.settings().execute()
        self.assertFalse(self.connections())

    def test_the_key_does_not_come_out(self):
        self.settings(lucca_host=self.server.url, lucca_api_key=KEY).execute()
        settings = self.settings()
        self.assertEqual(settings.lucca_api_key_source, "database")
        self.assertFalse(settings.lucca_api_key)

    def test_the_connection_can_be_tested_before_it_is_saved(self):
        settings = self.settings(lucca_host=self.server.url, lucca_api_key=KEY)
        self.assertIn("Connected to", settings.action_lucca_test_connection()["params"]["message"])

    def test_the_state_is_shown(self):
        self.settings(lucca_host=self.server.url, lucca_api_key="wrong").execute()
        self.sync(self.connections())
        self.assertIn("does not accept", self.settings().lucca_last_error)
