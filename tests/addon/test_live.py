"""A synchronisation tells the right screens to reload, and sends nothing else over the bus."""

import json

from odoo.addons.bus.models.bus import channel_with_db, json_dump
from odoo.addons.lucca_invoices_sync.models.sync import progress
from odoo.addons.lucca_invoices_sync.models.sync.live import CHANGED
from odoo.tests import new_test_user
from odoo.tests.common import HttpCase

from tests.addon.common import LuccaCase
from tests.books import user_of


class LiveCase(LuccaCase):
    def setUp(self):
        super().setUp()
        self.env["bus.bus"].search([]).unlink()

    def sent(self):
        """Return the channels and payloads of the messages that were sent to companies."""
        rows = self.env["bus.bus"].search([], order="id")
        messages = [(row.channel, json.loads(row.message)) for row in rows]
        return [(channel, one["payload"]) for channel, one in messages if one["type"] == CHANGED]

    def channel(self, company):
        name = (company, "lucca_invoices_sync")
        return json_dump(channel_with_db(self.env.cr.dbname, name))


class TestMessages(LiveCase):
    def test_the_end_of_a_synchronisation_says_reload_and_nothing_else(self):
        self.book(files=[])
        self.assertEqual(self.sent(), [(self.channel(self.company), {})])

    def test_a_running_synchronisation_says_so_at_most_every_two_seconds(self):
        for pause, most in ((3600, 1), (0, 99)):
            self.env["bus.bus"].search([]).unlink()
            self.patch(progress, "LOOK_PAUSE", pause)
            self.book(files=["a.pdf"])
            with self.subTest(pause=pause):
                self.assertEqual(len(self.sent()) == 1, most == 1)

    def test_a_message_says_whether_the_synchronisation_is_still_at_work(self):
        self.patch(progress, "LOOK_PAUSE", 0)
        self.book(files=["a.pdf"])
        *during, end = [payload for _channel, payload in self.sent()]
        self.assertTrue(during)
        self.assertEqual([one.get("is_at_work") for one in during], [True] * len(during))
        self.assertEqual(end, {})

    def test_a_synchronisation_that_nobody_started_and_that_found_nothing_sends_nothing(self):
        self.sync()
        self.env["bus.bus"].search([]).unlink()
        self.sync()
        self.assertFalse(self.sent())

    def test_a_synchronisation_that_somebody_started_is_told_even_if_it_found_nothing(self):
        self.sync()
        self.env["bus.bus"].search([]).unlink()
        self.connection.with_user(user_of(self.env, "base.group_system")).action_sync_now()
        self.sync()
        self.assertEqual(len(self.sent()), 1)

    def test_the_companies_of_the_establishments_are_told_too(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids += other
        self.book(purchase=self.add_purchase(establishment="Lyon"), files=[])
        self.mapping("establishment").target_company_id = other
        self.env["bus.bus"].search([]).unlink()
        self.book(files=[])
        heard = {channel for channel, _payload in self.sent()}
        self.assertEqual(heard, {self.channel(self.company), self.channel(other)})


class TestChannels(HttpCase):
    """Only ``HttpCase`` has a request, which is needed to know the user."""

    def channels(self, group):
        user = new_test_user(self.env, f"live_{group.rpartition('.')[2]}", groups=group)
        self.authenticate(user.login, user.login)
        answer = self.url_open(
            "/websocket/peek_notifications",
            json={
                "jsonrpc": "2.0",
                "params": {"channels": [], "last": 0, "is_first_poll": True},
            },
        )
        return answer.json()["result"]["channels"]

    def test_users_who_may_read_hear_of_their_own_companies_only(self):
        company = self.env.ref("base.main_company")
        for group in (
            "account.group_account_readonly",
            "account.group_account_invoice",
            "base.group_system",
        ):
            with self.subTest(group=group):
                mine = ["res.company", company.id, "lucca_invoices_sync"]
                channels = [one[1:] for one in self.channels(group) if "lucca_invoices_sync" in one]
                self.assertEqual(channels, [mine])

    def test_other_users_hear_nothing(self):
        for group in ("base.group_user", "base.group_portal"):
            with self.subTest(group=group):
                self.assertNotIn("lucca_invoices_sync", str(self.channels(group)))
