"""Activities are given to somebody who can see the record and act. Only the addon's own activities end."""

from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.models import asking
from odoo.exceptions import UserError

from tests.addon.common import LuccaCase
from tests.addon.test_payment_blocks import IBAN, PaymentCase
from tests.books import swiss_company, user_of

BILLING = "account.group_account_invoice"
MANAGER = "account.group_account_manager"
SYSTEM = "base.group_system"
EMPLOYEE = "base.group_user"


class ActivitiesCase(LuccaCase):
    def prepare(self):
        super().prepare()
        self.billing = user_of(self.env, BILLING)
        self.connection.responsible_id = self.billing
        self.supplier = self.env["res.partner"].create({"name": "Chosen", "is_company": True})

    def wait(self):
        """Return a document that needs attention."""
        self.connection.supplier_policy = "match"
        return self.book()

    def only(self, *users):
        """Archive all other users with rights in accounting or administration."""
        groups = [self.env.ref(group).id for group in (BILLING, SYSTEM)]
        others = self.env["res.users"].search([("all_group_ids", "in", groups)])
        (others - self.env.user.union(*users)).active = False

    def hand_over(self):
        """Make a colleague responsible, who is returned."""
        self.connection.responsible_id = user_of(self.env, BILLING, login="colleague")
        return self.connection.responsible_id

    def asked(self):
        return self.connection.activity_ids.user_id


class TestWhoIsAsked(ActivitiesCase):
    def test_the_responsible_is_asked(self):
        self.wait()
        self.assertEqual(self.asked(), self.billing)

    def test_the_activity_names_its_connection(self):
        self.connection.name = "Lucca Paris"
        self.wait()
        summary = f"Lucca Paris ({self.company.name}) needs attention"
        self.assertEqual(self.connection.activity_ids.summary, summary)

    def test_an_existing_activity_takes_the_connections_new_name(self):
        self.wait()
        self.connection.name = "Lucca Lyon"
        self.sync()
        self.assertIn("Lucca Lyon", self.connection.activity_ids.summary)

    def test_a_new_responsible_takes_over(self):
        self.wait()
        self.assertEqual(self.hand_over(), self.asked())

    def test_a_new_responsible_takes_over_from_who_was_asked_without_one(self):
        self.connection.responsible_id = False
        self.assertTakesOverFromStandIn()

    def test_a_new_responsible_takes_over_from_who_was_asked_for_one_without_rights(self):
        self.connection.responsible_id = user_of(self.env, EMPLOYEE)
        self.assertTakesOverFromStandIn()

    def test_a_new_responsible_takes_over_from_who_was_asked_for_an_archived_one(self):
        self.billing.active = False
        self.assertTakesOverFromStandIn()

    def assertTakesOverFromStandIn(self):
        self.wait()
        self.assertTrue(self.asked().has_group(MANAGER))
        self.assertEqual(self.hand_over(), self.asked())

    def test_what_a_person_gave_to_somebody_else_stays_there(self):
        self.wait()
        other = user_of(self.env, MANAGER)
        self.connection.activity_ids.user_id = other
        self.hand_over()
        self.assertEqual(self.asked(), other)

    def test_a_new_responsible_may_be_an_administrator(self):
        self.wait()
        self.connection.responsible_id = user_of(self.env, SYSTEM)
        self.assertEqual(self.asked().name, SYSTEM)

    def test_a_new_responsible_who_may_not_act_gets_none(self):
        self.wait()
        self.connection.responsible_id = user_of(self.env, EMPLOYEE)
        self.assertEqual(self.asked(), self.billing)

    def test_without_a_responsible_activities_stay(self):
        self.wait()
        self.connection.responsible_id = False
        self.assertEqual(self.asked(), self.billing)

    def test_an_archived_responsible_is_not_asked(self):
        self.billing.active = False
        self.wait()
        self.assertTrue(self.asked().active and self.asked().has_group(MANAGER))

    def test_a_responsible_of_another_company_is_not_asked(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.billing.write({"company_ids": [(6, 0, elsewhere.ids)], "company_id": elsewhere.id})
        self.wait()
        self.assertTrue(
            self.company in self.asked().company_ids and self.asked().has_group(MANAGER)
        )

    def test_a_responsible_without_rights_is_not_asked(self):
        for group in (EMPLOYEE, SYSTEM):
            self.connection.responsible_id = user_of(self.env, group)
            self.wait()
            self.assertTrue(self.asked().has_group(BILLING))

    def test_an_accounting_manager_is_asked_before_a_billing_user(self):
        manager = user_of(self.env, MANAGER)
        self.only(manager, self.billing)
        self.connection.responsible_id = False
        self.wait()
        self.assertEqual(self.asked(), manager)

    def test_a_billing_user_is_asked_where_there_is_no_manager(self):
        self.only(self.billing)
        self.connection.responsible_id = False
        self.wait()
        self.assertEqual(self.asked(), self.billing)

    def test_an_administrator_is_asked_where_there_is_no_billing_user(self):
        administrator = user_of(self.env, SYSTEM)
        self.only(administrator)
        self.wait()
        self.assertEqual(self.asked(), administrator)

    def test_a_responsible_administrator_is_told_what_stopped_the_synchronisation(self):
        administrator = user_of(self.env, SYSTEM)
        self.connection.write({"responsible_id": administrator.id, "api_key": "wrong"})
        self.sync()
        self.assertEqual(self.asked(), administrator)

    def test_a_connection_made_by_a_robot_has_a_person_as_its_responsible(self):
        other = self.connect(host="acme.ilucca.net")
        self.assertTrue(other.responsible_id.active and other.responsible_id.has_group(MANAGER))

    def test_the_user_who_connects_is_responsible(self):
        administrator = user_of(self.env, SYSTEM)
        connections = self.env["lucca.connection"].with_user(administrator)
        self.assertEqual(
            connections.default_get(["responsible_id"])["responsible_id"], administrator.id
        )

    def test_the_activity_moves_when_its_user_can_no_longer_act(self):
        self.wait()
        self.billing.active = False
        self.sync()
        self.assertEqual(len(self.connection.activity_ids), 1)
        self.assertTrue(self.asked().active)

    def test_the_activity_stays_with_the_colleague_it_was_given_to(self):
        self.wait()
        colleague = user_of(self.env, MANAGER)
        self.connection.activity_ids.user_id = colleague
        self.sync()
        self.assertEqual(self.asked(), colleague)

    def test_an_activity_that_another_addon_refuses_does_not_lose_the_result(self):
        def create(activities, vals_list):
            raise UserError("No activities on Thursdays.")

        self.patch(self.registry["mail.activity"], "create", create)
        with self.assertLogs("odoo.addons.lucca_invoices_sync.models.sync.sync", "ERROR"):
            document = self.wait()
            self.assertTrue(self.sync(), "nothing is left to do")
        self.assertEqual(document.state, "blocked")
        self.assertTrue(self.connection.last_success_at)
        self.assertEqual(self.connection.known_count, 1)
        self.assertIn("No activities on Thursdays.", self.connection.last_error)
        self.assertEqual(self.runs()[:1].error, self.connection.last_error)

    def test_the_type_of_our_activities_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, "Lucca Invoices"):
            self.env.ref("lucca_invoices_sync.mail_activity_type_attention").unlink()

    def test_another_addons_activity_on_the_connection_stays(self):
        other = self.connection.activity_schedule("mail.mail_activity_data_todo", summary="Other")
        self.wait()
        self.assertEqual(len(self.connection.activity_ids), 2)
        self.mapping("supplier").partner_id = self.supplier
        self.sync()
        self.assertEqual(self.connection.activity_ids, other)
        self.assertEqual(other.summary, "Other")


class TestBills(ActivitiesCase):
    def prepare(self):
        super().prepare()
        self.lucca_document = self.book(lines=[(100, "0.2")])
        self.bill = self.lucca_document.move_id

    def withdraw(self):
        json = next(j for j in self.tenant.documents if j["id"] == self.lucca_document.lucca_id)
        self.tenant.withdraw(json)
        self.sync()

    def test_the_responsible_is_asked(self):
        self.withdraw()
        self.assertEqual(self.bill.activity_ids.user_id, self.billing)

    def test_a_new_responsible_takes_over(self):
        self.withdraw()
        another = self.bill.copy({"lucca_document_ids": False})
        another.activity_schedule(asking.ACTIVITY, user_id=self.billing.id)
        self.assertEqual(self.hand_over(), self.bill.activity_ids.user_id)
        self.assertEqual(another.activity_ids.user_id, self.billing)

    def test_somebody_who_can_act_is_asked_where_the_responsible_cannot(self):
        for responsible in (False, user_of(self.env, EMPLOYEE).id):
            self.connection.responsible_id = responsible
            self.withdraw()
            user = self.bill.activity_ids.user_id
            self.assertTrue(user.active and user.has_group(MANAGER))

    def test_somebody_of_the_bills_company_is_asked(self):
        self.connection.asks_for_company = True
        swiss = swiss_company(self.env)
        theirs = user_of(self.env, BILLING, swiss)
        self.only(self.billing, theirs)
        geneva = self.add_purchase(establishment="Genève")
        waiting = self.book(purchase=geneva)
        self.mapping("establishment", name="Genève").target_company_id = swiss
        self.sync()
        self.lucca_document, self.bill = waiting, waiting.move_id
        self.withdraw()
        self.assertEqual(self.bill.activity_ids.user_id, theirs)

    def test_the_activity_moves_when_its_user_can_no_longer_act(self):
        self.withdraw()
        self.billing.active = False
        self.sync()
        self.assertEqual(len(self.bill.activity_ids), 1)
        self.assertTrue(self.bill.activity_ids.user_id.active)

    def test_seen_ends_the_addons_activity_and_no_other(self):
        self.withdraw()
        warning = "mail.mail_activity_data_warning"
        others = self.bill.activity_schedule(warning, summary="Of another addon")
        others |= self.bill.activity_schedule(warning, summary="Of a person", automated=False)
        self.lucca_document.with_user(self.billing).action_seen()
        self.assertEqual(self.bill.activity_ids, others)


class TestLeavers(PaymentCase):
    """Only an activity remembers a question about a payment. It outlives its user's work with bills."""

    def prepare(self):
        super().prepare()
        self.user = user_of(self.env, BILLING)
        self.connection.responsible_id = self.user
        self.bill = self.posted(iban=IBAN)
        self.pay(self.bill)._create_payments()
        self.change(paymentState="Paid")
        self.assertAsked(self.user)

    def assertAsked(self, user):
        self.assertEqual(self.bill.activity_ids.mapped("summary"), ["Paid twice?"])
        self.assertEqual(self.bill.activity_ids.user_id, user)

    def assertAnotherIsAsked(self):
        other = self.bill.activity_ids.user_id
        self.assertAsked(other)
        self.assertTrue(other != self.user and other.active and other.has_group(MANAGER))

    def archive(self, users):
        """Archive users as an administrator does it on a screen."""
        users.with_user(user_of(self.env, SYSTEM)).action_archive()

    def test_archive(self):
        self.archive(self.user)
        self.assertFalse(self.user.active)
        self.assertAnotherIsAsked()

    def test_archive_of_the_one_who_would_be_asked_next(self):
        user_of(self.env, MANAGER)
        self.archive(self.user | asking.find_person(self.company, self.env["res.users"]))
        self.assertAnotherIsAsked()

    def test_archive_of_a_colleague_to_whom_it_was_given(self):
        colleague = user_of(self.env, BILLING, login="colleague")
        self.bill.activity_ids.user_id = colleague
        self.archive(colleague)
        self.assertAsked(self.user)

    def test_archive_ends_what_others_asked(self):
        self.bill.activity_schedule("mail.mail_activity_data_todo", user_id=self.user.id)
        self.archive(self.user)
        self.assertAnotherIsAsked()

    def test_deletion(self):
        self.user.with_user(user_of(self.env, SYSTEM)).unlink()
        self.assertAnotherIsAsked()

    def test_another_way_of_archiving(self):
        self.user.active = False
        self.sync()
        self.assertAnotherIsAsked()

    def test_lost_rights(self):
        self.user.group_ids = self.env.ref(EMPLOYEE)
        self.sync()
        self.assertAnotherIsAsked()

    def test_a_lost_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.user.write({"company_ids": [(6, 0, elsewhere.ids)], "company_id": elsewhere.id})
        self.sync()
        self.assertAnotherIsAsked()

    def test_a_synchronisation_leaves_the_bills_of_other_connections(self):
        other = self.connect(host="acme.ilucca.net")
        self.bill.lucca_document_id.connection_id = other
        self.user.active = False
        self.sync()
        self.assertAsked(self.user)


class TestManyBills(ActivitiesCase):
    """A change in Lucca may concern hundreds of bills: a person is asked about each, without an e-mail each."""

    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(asking, "MOST_EMAILS", 2))

    def prepare(self):
        super().prepare()
        purchase = self.add_purchase()
        self.jsons = [self.tenant.add_invoice(purchase=purchase) for _one in range(4)]
        self.sync()
        self.bills = self.documents().move_id

    def withdraw(self, *jsons):
        for json in jsons:
            self.tenant.withdraw(json)
        self.sync()

    def emails(self, user=None):
        """Return the bills that a user was told about by e-mail."""
        told = self.env["mail.notification"].search(
            [
                ("res_partner_id", "=", (user or self.billing).partner_id.id),
                ("notification_type", "=", "email"),
                ("mail_message_id.model", "=", "account.move"),
            ]
        )
        return self.bills.browse(told.mail_message_id.mapped("res_id"))

    def test_only_the_first_bills_come_by_email(self):
        self.withdraw(*self.jsons)
        self.assertEqual(self.bills.activity_ids.user_id, self.billing)
        self.assertEqual(len(self.bills.activity_ids), 4)
        self.assertEqual(len(self.emails()), 2)

    def test_emails_come_again_once_the_person_has_seen_the_bills(self):
        self.withdraw(*self.jsons[:3])
        self.documents().filtered("is_changed").with_user(self.billing).action_seen()
        before = self.emails()
        self.withdraw(self.jsons[3])
        self.assertEqual(self.emails() - before, self.document(self.jsons[3]).move_id)

    def test_many_activities_move_to_somebody_else_without_emails(self):
        manager = user_of(self.env, MANAGER)
        self.only(manager, self.billing)
        self.withdraw(*self.jsons)
        self.billing.action_archive()
        self.assertEqual(self.bills.activity_ids.user_id, manager)
        self.assertEqual(len(self.bills.activity_ids), 4)
        self.assertFalse(self.emails(manager))

    def test_a_few_activities_move_to_somebody_else_with_emails(self):
        manager = user_of(self.env, MANAGER)
        self.only(manager, self.billing)
        self.withdraw(*self.jsons[:2])
        self.billing.active = False
        self.sync()
        self.assertEqual(self.emails(manager), self.document(*self.jsons[:2]).move_id)
