"""The API key can be written, and leaves Odoo only in the header to Lucca."""

import logging
import os
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo import tools
from odoo.addons.lucca_invoices_sync.models.connection import secret
from odoo.exceptions import AccessError, UserError

from tests.addon.common import KEY, LuccaCase
from tests.books import user_of

LOGGERS = ("odoo", "odoo.sql_db", "urllib3", "requests")
SECRET = "the-key-that-nobody-may-see"


class TestWriteOnly(LuccaCase):
    def setUp(self):
        super().setUp()
        self.administrator = self.connection.with_user(user_of(self.env, "base.group_system"))

    def test_nobody_can_read_the_key(self):
        for read in (
            lambda: self.administrator.read(["api_key"]),
            lambda: self.administrator.web_read({"api_key": {}}),
            lambda: self.administrator.search_read([], ["api_key"]),
            lambda: self.administrator.export_data(["api_key"]),
            lambda: self.administrator.copy_data(),
            lambda: self.administrator.web_save({"name": "x"}, {"api_key": {}}),
        ):
            self.assertNotIn(KEY, str(read()))

    def test_other_users_do_not_see_the_field(self):
        manager = self.connection.with_user(user_of(self.env, "account.group_account_manager"))
        for name in ("api_key", "api_key_source", "api_key_hint"):
            with self.subTest(name), self.assertRaises(AccessError):
                manager.read([name])
            self.assertNotIn(name, manager.fields_get())

    def test_other_users_cannot_search_by_the_key(self):
        manager = self.connection.with_user(user_of(self.env, "account.group_account_manager"))
        with self.assertRaises(AccessError):
            manager.search([("api_key", "=like", "t%")])

    def test_an_administrator_sees_whether_a_key_is_set(self):
        self.assertEqual(self.administrator.api_key_source, "database")
        self.administrator.action_forget_key()
        self.assertFalse(self.administrator.api_key_source)

    def test_the_written_key_is_not_kept_in_the_cache(self):
        self.administrator.api_key = "another"
        self.assertFalse(self.administrator.api_key)
        self.assertFalse(self.connection.create({"host": "a.ilucca.net", "api_key": KEY}).api_key)

    def test_a_copy_of_a_connection_has_no_key(self):
        self.assertFalse(self.connection.copy({"host": "a.ilucca.net"}).api_key_source)

    def test_the_key_is_deleted_with_its_connection(self):
        connection = self.connection.create({"host": "a.ilucca.net", "api_key": KEY})
        connection.unlink()
        self.env.flush_all()
        self.assertFalse(secret.find_keys(self.env.cr, [connection.id]))

    def test_a_text_that_no_key_can_be_is_refused(self):
        with self.assertRaisesRegex(UserError, "characters that no key has"):
            self.administrator.api_key = "two\nlines"

    def test_the_table_of_an_earlier_version_gets_its_columns(self):
        self.env.flush_all()
        self.env.cr.execute('ALTER TABLE "lucca-api-key" DROP COLUMN settings_id')
        secret.create_table(self.env.cr)
        typed = {"lucca_host": self.server.url, "lucca_api_key": "typed"}
        settings = self.env["res.config.settings"].create(typed)
        self.assertTrue(secret.find_keys(self.env.cr, settings.ids, secret.SETTINGS))
        self.assertEqual(self.connection._key(), KEY)

    def test_a_new_key_replaces_the_old_one(self):
        self.administrator.api_key = "another"
        with self.assertRaisesRegex(UserError, "does not accept the API key"):
            self.connection.action_test_connection()


class TestOtherHosts(LuccaCase):
    """A person who changes the address of a connection cannot make Odoo send the key to another server."""

    def setUp(self):
        super().setUp()
        allowed = "proxy.acme.com, acme-ilucca.net"
        self.env["ir.config_parameter"].set_param("lucca_invoices_sync.extra_hosts", allowed)

    def test_a_key_for_lucca_is_not_sent_to_another_host(self):
        self.connection.write({"host": "acme.ilucca.net", "api_key": KEY})
        self.connection.host = "proxy.acme.com"
        self.assertFalse(self.connection.api_key_source)
        with self.assertRaisesRegex(UserError, "No API key is set"):
            self.connection.action_test_connection()

    def test_a_key_for_lucca_is_used_again_with_a_host_of_lucca(self):
        self.connection.write({"host": "acme.ilucca.net", "api_key": KEY})
        self.connection.host = "proxy.acme.com"
        self.connection.host = "other.ilucca.net"
        self.assertEqual(self.connection.api_key_source, "database")

    def test_a_key_that_is_typed_for_another_host_is_sent_there(self):
        self.connection.write({"host": "proxy.acme.com", "api_key": KEY})
        self.assertEqual(self.connection.api_key_source, "database")

    def test_a_host_outside_of_lucca_gets_no_key_from_the_environment(self):
        # The environment variable of this host has the name of another account's.
        self.connection.write({"host": "acme-ilucca.net", "api_key": False})
        self.enterContext(patch.dict(os.environ, LUCCA_API_KEY_ACME_ILUCCA_NET=KEY))
        self.assertFalse(self.connection.api_key_source)
        self.connection.host = "acme.ilucca.net"
        self.assertEqual(self.connection.api_key_source, "environment")


class TestOutsideOfTheDatabase(LuccaCase):
    """The key may be in the environment or in odoo.conf, each for one host."""

    def setUp(self):
        super().setUp()
        self.connection.api_key = False
        self.place = self.server.url.removeprefix("http://")
        folder = self.enterContext(TemporaryDirectory())
        self.configuration = f"{folder}/odoo.conf"
        self.enterContext(patch.dict(tools.config._runtime_options, config=self.configuration))

    def assertConnected(self):
        self.connection.invalidate_recordset()
        self.assertIn("Connected", self.connection.action_test_connection()["params"]["message"])

    def assertNotConnected(self):
        self.connection.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "No API key is set"):
            self.connection.action_test_connection()

    def in_file(self, key, place=None):
        with open(self.configuration, "w") as file:
            file.write(
                f"[options]\nworkers = 0\n\n[lucca_invoices_sync]\n{place or self.place} = {key}\n"
            )

    def in_environment(self, key):
        name = "LUCCA_API_KEY_" + self.place.replace(".", "_").replace(":", "_")
        self.enterContext(patch.dict(os.environ, {name: key}))

    def test_the_key_in_odoo_conf_is_used(self):
        self.in_file(KEY)
        self.assertConnected()
        self.assertEqual(self.connection.api_key_source, "file")
        self.assertEqual(self.connection.api_key_hint, "Set in odoo.conf")

    def test_a_key_in_odoo_conf_may_be_for_one_database_only(self):
        self.in_file(KEY, place=f"{self.place}@{self.env.cr.dbname}")
        self.assertConnected()

    def test_a_key_in_odoo_conf_for_another_database_is_not_used(self):
        for other in ("another", self.env.cr.dbname.upper()):
            self.in_file(KEY, place=f"{self.place}@{other}")
            self.assertNotConnected()

    def test_other_sections_are_written_as_odoo_reads_them(self):
        other = "db_host: localhost\naddons_path:\n    /a,\n    /b\n"
        with open(self.configuration, "w") as file:
            file.write(
                f"[options]\n{other}[lucca_invoices_sync]\n{self.place} = {KEY}\n[x]\ny: z\n"
            )
        self.assertConnected()

    def test_without_odoo_conf_there_is_no_key(self):
        self.assertNotConnected()

    def test_the_key_for_this_database_comes_before_the_key_for_each(self):
        with open(self.configuration, "w") as file:
            own = f"{self.place}@{self.env.cr.dbname} = own"
            file.write(f"[lucca_invoices_sync]\n{self.place} = each\n{own}\n")
        self.assertEqual(self.connection._find_key(None), ("file", "own"))

    def test_the_key_in_the_environment_is_used(self):
        self.in_environment(KEY)
        self.assertConnected()
        self.assertEqual(self.connection.api_key_source, "environment")

    def test_the_environment_comes_before_odoo_conf_and_odoo_conf_before_the_database(self):
        self.connection.api_key = "in the database"
        self.in_file("in the file")
        self.assertEqual(self.connection._find_key(None), ("file", "in the file"))
        self.in_environment("in the environment")
        self.assertEqual(self.connection._find_key(None), ("environment", "in the environment"))

    def test_a_key_is_used_for_its_host_only(self):
        self.in_file(KEY, place="acme.ilucca.net")
        self.assertNotConnected()

    def test_an_unreadable_odoo_conf_shows_no_key(self):
        with open(self.configuration, "w") as file:
            file.write(f"[lucca_invoices_sync]\n{SECRET}\n")
        with self.assertLogs("odoo.addons.lucca_invoices_sync.models.connection.secret") as logs:
            self.assertNotConnected()
        self.assertNotIn(SECRET, "".join(logs.output))

    def test_a_neutralized_database_does_not_use_the_key(self):
        self.in_file(KEY)
        self.in_environment(KEY)
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        self.assertNotConnected()


class TestLogs(LuccaCase):
    """Nothing that is told, stored or logged contains the key, whatever goes wrong."""

    def setUp(self):
        super().setUp()
        self.tenant.api_key = SECRET
        self.connection.api_key = SECRET
        self.env.flush_all()

    def sync_logged(self):
        """Return all log records of a synchronisation, with everything logged at the debug level."""
        levels = {name: logging.getLogger(name).level for name in LOGGERS}
        try:
            for name in levels:
                logging.getLogger(name).setLevel(logging.DEBUG)
            with self.assertLogs(level=logging.DEBUG) as logs:
                self.sync()
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)
        return "\n".join(logs.output)

    def test_no_log_of_a_failing_synchronisation_shows_the_key(self):
        purchase = self.add_purchase()
        for fault in (
            lambda faults: faults.fail(401, times=1),
            lambda faults: faults.fail(500, times=None, body="html"),
            lambda faults: faults.damage("html", times=None),
            lambda faults: faults.fail(404, times=None, path="display"),
        ):
            self.tenant.add_invoice(purchase=purchase)
            fault(self.server.faults)
            logged = self.sync_logged()
            self.server.faults.clear()
            for logger in ("urllib3", "odoo.sql_db", "lucca_invoices_sync.lucca.api.transport"):
                self.assertIn(logger, logged)
            self.assertFalse(SECRET in logged)  # A failure must not show the key either.
        self.assertNotStored()

    def assertNotStored(self):
        """Assert that the key is in no row that the ORM can read."""
        for name in ("connection", "document", "mapping", "sync.run", "cache", "budget"):
            for row in self.env[f"lucca.{name}"].search([]).read(load=None):
                self.assertNotIn(SECRET, str(row))
        for model in ("mail.message", "mail.activity", "mail.tracking.value", "ir.cron"):
            self.assertNotIn(SECRET, str(self.env[model].sudo().search([]).read(load=None)))

    def test_the_chatter_does_not_show_a_changed_key(self):
        self.connection.api_key = f"{SECRET}-changed"
        self.assertNotStored()
