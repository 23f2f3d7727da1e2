"""A connection: its host and key, the messages when they are wrong, and its scheduled action."""

import socket
import time

from odoo.exceptions import UserError, ValidationError

from tests.addon.common import KEY, LuccaCase
from tests.books import company_with_journal


class TestTold(LuccaCase):
    """Each trouble has one sentence, shown by *Test Connection* and after a synchronisation."""

    def assertTold(self, sentence, finished):
        with self.assertRaises(UserError) as told:
            self.connection.action_test_connection()
        self.assertIn(sentence, str(told.exception))
        self.assertEqual(self.sync(), finished)
        self.assertIn(sentence, self.connection.last_error)
        self.assertFalse(self.connection.last_success_at)

    def test_a_wrong_key_is_told(self):
        self.connection.api_key = "wrong"
        self.server.requests.clear()
        self.assertTold("Lucca does not accept the API key", finished=True)
        self.assertEqual(len(self.server.requests), 2, "one request each")

    def test_a_missing_key_is_told(self):
        self.connection.api_key = False
        self.assertTold("No API key is set", finished=True)
        self.assertFalse(self.server.requests)

    def test_a_key_without_rights_is_told(self):
        self.server.behaviour.denied = {"documents": 403}
        self.assertTold("The API key lacks rights in Lucca", finished=True)

    def test_a_host_without_lucca_invoices_is_told(self):
        self.server.behaviour.denied = {"documents": 404}
        self.assertTold("Lucca Invoices is not found at http://127.0.0.1", finished=True)

    def test_a_host_that_is_not_lucca_is_told(self):
        self.server.faults.damage("html", times=None)
        self.assertTold("answers, but not as Lucca Invoices does", finished=False)

    def test_a_server_that_is_down_is_told(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.connection.host = f"http://127.0.0.1:{probe.getsockname()[1]}"
            self.assertTold("does not answer", finished=False)

    def test_a_failing_server_is_told(self):
        self.server.faults.fail(503, times=None)
        self.assertTold("Lucca has a technical problem (error 503)", finished=False)

    def test_a_test_that_nothing_repeats_asks_to_try_again(self):
        self.server.faults.fail(503, times=None)
        with self.assertRaisesRegex(UserError, r"error 503\): try again later\.$"):
            self.connection.action_test_connection()
        self.server.faults.clear()
        self.server.faults.fail(429, times=None, retry_after=120)
        with self.assertRaisesRegex(
            UserError, "wait 1.. seconds before the next request: try again"
        ):
            self.connection.action_test_connection()

    def test_the_synchronisation_goes_on_by_itself_after_the_trouble(self):
        self.connection.api_key = "wrong"
        self.sync()
        self.connection.api_key = KEY
        self.assertTrue(self.sync())
        self.assertFalse(self.connection.last_error)

    def test_the_connection_test_tells_what_the_key_may_read(self):
        purchase = self.add_purchase()
        for _document in range(3):
            self.tenant.add_invoice(purchase=purchase)
        self.server.behaviour.denied = {"rates": 403}
        message = self.connection.action_test_connection()["params"]["message"]
        self.assertIn(": 3 approved documents since 01/01/2020.", message)
        self.assertIn("Readable: purchases and suppliers.", message)
        self.assertIn("Not readable: VAT rates (map the taxes by hand).", message)


class TestHost(LuccaCase):
    def test_a_host_that_is_not_luccas_is_refused(self):
        for host in ("example.com", "http://acme.ilucca.net", "acme.ilucca.net.evil.com", "a b"):
            with self.subTest(host), self.assertRaisesRegex(ValidationError, "not the address"):
                self.connection.host = host

    def test_a_bare_host_name_of_lucca_is_accepted(self):
        self.connection.host = "acme.ilucca.net"
        self.assertEqual(self.connection._url(), "https://acme.ilucca.net")

    def test_the_administrator_may_allow_another_host(self):
        self.env["ir.config_parameter"].set_param(
            "lucca_invoices_sync.extra_hosts", "other.example;\nproxy.example.com"
        )
        self.connection.host = "proxy.example.com"
        self.assertEqual(self.connection._url(), "https://proxy.example.com")

    def test_another_account_is_refused_once_there_are_documents(self):
        self.connection.host = "acme.ilucca.net"
        self.connection.host = "https://ACME.ilucca.net/"
        self.env["lucca.document"].create(
            {"connection_id": self.connection.id, "lucca_type": "Invoice", "lucca_id": 1}
        )
        self.connection.host = "acme.ilucca.net"
        with self.assertRaisesRegex(ValidationError, "make a new connection"):
            self.connection.host = "other.ilucca.net"


class TestScheduledAction(LuccaCase):
    def test_sync_now_activates_an_inactive_scheduled_action(self):
        self.connection.cron_id.active = False
        self.connection.action_sync_now()
        self.assertTrue(self.connection.cron_id.active)
        self.connection.cron_id.unlink()
        self.connection.action_sync_now()
        self.assertTrue(self.connection.cron_id.active)

    def test_whatever_needs_a_deleted_scheduled_action_creates_it_again(self):
        self.connection.supplier_policy = "match"
        waiting = self.book()
        for act in (
            lambda: self.connection.write({"name": "Renamed"}),
            lambda: self.connection.write({"api_key": "another-key"}),
            lambda: self.connection.write({"start_date": "2021-01-01"}),
            lambda: self.connection.write({"asks_for_company": False}),
            lambda: self.connection.write({"active": False}),
            lambda: waiting.action_retry(),
            self.connection._align_all_crons,
        ):
            with self.rolled_back():
                self.connection.cron_id.unlink()
                act()
                self.assertEqual(self.connection.cron_id.active, self.connection.active)
                self.assertTrue(self.connection.cron_id)

    def test_sync_now_works_while_the_scheduled_action_runs(self):
        """Odoo locks the row of a running scheduled action, so that nobody can write it."""
        self.patch(
            type(self.connection.cron_id),
            "lock_for_update",
            lambda *args, **kwargs: self.fail("a running scheduled action is written"),
        )
        self.connection.action_sync_now()

    def test_an_archived_connection_is_not_started(self):
        self.connection.active = False
        with self.assertRaisesRegex(UserError, "unarchive it first"):
            self.connection.action_sync_now()

    def test_each_connection_has_its_own_scheduled_action(self):
        other = self.connect(name="Second", host="acme.ilucca.net")
        self.assertTrue(self.connection.cron_id)
        self.assertNotEqual(other.cron_id, self.connection.cron_id)

    def test_the_scheduled_action_synchronises(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase())
        with self.enter_registry_test_mode():
            self.connection.cron_id.method_direct_trigger()
        self.assertBilled(json)

    def test_a_synchronisation_goes_on_where_it_stopped_when_its_time_was_up(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase())
        cron = self.connection.cron_id
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        progress = self.env["ir.cron.progress"].create({"cron_id": cron.id})
        no_time_left = {
            "cron_id": cron.id,
            "ir_cron_progress_id": progress.id,
            "cron_end_time": time.monotonic(),
        }
        self.assertFalse(self.sync(self.connection.with_context(**no_time_left)))
        self.assertEqual(self.document(json).state, "pending", "a page is listed all the same")
        self.assertGreater(progress.done, 0)
        self.assertEqual(progress.remaining, 1)
        more = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
        self.assertTrue(more, "the scheduler does not sleep before it goes on")
        self.assertTrue(self.sync())
        self.assertBilled(json)

    def test_sync_now_only_triggers_the_scheduled_action(self):
        self.tenant.add_invoice(purchase=self.add_purchase())
        self.server.requests.clear()
        self.connection.action_sync_now()
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.connection.cron_id.id)]
        )
        self.assertEqual(len(triggers), 1)
        self.assertFalse(self.server.requests)

    def test_the_scheduled_action_is_inactive_while_the_connection_is_archived(self):
        self.connection.active = False
        self.assertFalse(self.connection.cron_id.active)
        self.connection.active = True
        self.assertTrue(self.connection.cron_id.active)

    def test_the_scheduled_action_is_deleted_with_its_connection(self):
        cron = self.connection.cron_id
        self.connection.unlink()
        self.assertFalse(cron.exists())

    def test_a_connection_with_documents_is_archived_and_not_deleted(self):
        self.book()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.connection.unlink()

    def test_the_bills_button_starts_the_connections_of_the_current_companies(self):
        other = self.connect(name="Other", company_id=company_with_journal(self.env).id)
        self.env["account.move"].with_company(self.company).action_lucca_sync_now()
        triggered = self.env["ir.cron.trigger"].search(
            [("cron_id", "in", (self.connection + other).cron_id.ids)]
        )
        self.assertEqual(triggered.cron_id, self.connection.cron_id)

    def test_the_bills_button_leads_to_the_settings_without_a_connection(self):
        self.connection.active = False
        with self.assertRaisesRegex(UserError, "No Lucca account is connected"):
            self.env["account.move"].with_user(
                self.env["res.users"].create(
                    {
                        "name": "Billing",
                        "login": "lucca-billing",
                        "group_ids": [(4, self.env.ref("account.group_account_invoice").id)],
                    }
                )
            ).action_lucca_sync_now()


class TestLimits(LuccaCase):
    """Values that the database would refuse with a whole row are refused before, with a message."""

    def assertRefused(self, words, **values):
        with self.assertRaisesRegex(ValidationError, words):
            self.connection.write(values)
        with self.assertRaisesRegex(ValidationError, words):
            self.connection.create({"host": "acme.ilucca.net", **values})

    def test_numbers_outside_their_limits_are_refused(self):
        self.assertRefused("“Largest File .MB.” must be between 1 and 200", largest_file=500)
        self.assertRefused("“Largest File .MB.” must be between 1 and 200", largest_file=0)
        self.assertRefused("must be between 0 and 10000", requests_per_minute=-1)
        self.assertRefused("must be between 0 and 3650", audit_days=2**40)
        self.assertRefused("must be between 0 and 1000", tax_tolerance=-0.5)

    def test_required_values_cannot_be_emptied(self):
        self.assertRefused("“Name” cannot be empty", name=False)
        self.assertRefused("“Documents Since” cannot be empty", start_date=False)
        self.assertRefused("Choose a purchase journal", journal_id=False)

    def test_a_lucca_account_is_required(self):
        with self.assertRaisesRegex(ValidationError, "“Lucca Account” cannot be empty"):
            self.connection.create({"name": "Lucca"})

    def test_a_company_without_purchase_journal_gets_a_message(self):
        company = self.env["res.company"].create({"name": "New"})
        with self.assertRaisesRegex(ValidationError, "Choose a purchase journal"):
            self.connection.create({"host": "acme.ilucca.net", "company_id": company.id})


class TestNeutralized(LuccaCase):
    def test_a_copied_database_does_not_call_lucca(self):
        from odoo.modules.neutralize import get_neutralization_queries

        self.env.flush_all()
        for query in get_neutralization_queries(["lucca_invoices_sync"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertRecordValues(self.connection, [{"active": False, "api_key_source": False}])
        self.assertFalse(self.connection.cron_id.active)
