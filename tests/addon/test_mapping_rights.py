"""Bills are booked as the superuser: whoever maps reaches no further by it than alone."""

from odoo.exceptions import AccessError, UserError

from tests.addon.common import LuccaCase
from tests.books import user_of

MANAGER = "account.group_account_manager"


class TestMappingRights(LuccaCase):
    def setUp(self):
        super().setUp()
        self.book(purchase=self.add_purchase(establishment="Lyon", nature="Livres"))
        self.elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.journal = self.env["account.journal"].create(
            {"name": "X", "code": "X", "type": "purchase", "company_id": self.elsewhere.id}
        )
        self.manager = user_of(self.env, MANAGER)
        self.establishment = self.mapping("establishment")

    def hers(self, record, **context):
        return record.with_user(self.manager).with_context(**context)

    def create(self, **values):
        return self.hers(self.env["lucca.mapping"]).create(
            {"connection_id": self.connection.id, "lucca_id": 4711, **values}
        )

    def works_for_both(self):
        self.manager.company_ids |= self.elsewhere

    def connect_elsewhere(self):
        return self.connect(company_id=self.elsewhere.id, journal_id=self.journal.id)

    # --- establishments -----------------------------------------------------------------------------

    def test_an_establishment_is_not_given_to_another_s_company(self):
        for values in (
            {"target_company_id": self.elsewhere.id},
            {"target_journal_id": self.journal.id},
        ):
            with self.subTest(values), self.assertRaisesRegex(AccessError, "only choose what"):
                self.hers(self.establishment).write(values)
            with self.subTest(values), self.assertRaisesRegex(AccessError, "only choose what"):
                self.create(kind="establishment", **values)
        self.assertFalse(self.establishment.is_mapped)

    def test_nor_by_the_defaults_of_the_call(self):
        mappings = self.env["lucca.mapping"].with_context(
            default_target_company_id=self.elsewhere.id
        )
        with self.assertRaisesRegex(AccessError, "only choose what"):
            mappings.with_user(self.manager).create(
                {"connection_id": self.connection.id, "kind": "establishment", "lucca_id": 1}
            )

    def test_nor_by_a_journal_that_a_branch_shares_with_its_parent(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        clerk = user_of(self.env, MANAGER, branch)
        connection = self.connection.copy(
            {
                "company_id": branch.id,
                "host": "branch.ilucca.net",
                "journal_id": self.connection.journal_id.id,
            }
        )
        with self.assertRaisesRegex(AccessError, "only choose what"):
            self.env["lucca.mapping"].with_user(clerk).create(
                {
                    "connection_id": connection.id,
                    "kind": "establishment",
                    "lucca_id": 1,
                    "target_journal_id": self.connection.journal_id.id,
                }
            )

    def test_a_company_that_she_works_for_may_be_chosen_whichever_she_works_in_now(self):
        self.works_for_both()
        mapping = self.hers(self.establishment, allowed_company_ids=self.company.ids)
        mapping.target_company_id = self.elsewhere
        self.assertEqual(self.establishment.target_company_id, self.elsewhere)

    def test_a_company_that_is_not_hers_is_not_suggested(self):
        self.manager.group_ids |= self.env.ref("base.group_erp_manager")  # sees all companies
        self.establishment.name = "Elsewhere"
        self.assertTrue(self.establishment.has_suggestion)
        self.env.invalidate_all()
        self.assertFalse(self.hers(self.establishment).has_suggestion)

    def test_nothing_to_take_is_said_in_words(self):
        self.establishment.name = "Zzyzx"
        with self.assertRaisesRegex(UserError, "Nothing is suggested"):
            self.hers(self.establishment).action_take_suggestion()

    # --- other targets ------------------------------------------------------------------------------

    def test_what_she_may_not_read_is_not_chosen(self):
        secret = {"name": "Secret", "company_id": self.elsewhere.id}
        account = self.env["account.account"].create(
            {
                "name": "Secret",
                "code": "601999",
                "account_type": "expense",
                "company_ids": self.elsewhere.ids,
            }
        )
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        tax = self.env["account.tax"].create(
            {
                **secret,
                "type_tax_use": "purchase",
                "amount": 20,
                "country_id": self.company.country_id.id,
                "tax_group_id": self.env["account.tax.group"].create(dict(secret)).id,
            }
        )
        partner = self.env["res.partner"].create(dict(secret))
        analytic = self.env["account.analytic.account"].create({**secret, "plan_id": plan.id})
        for kind, name, record in (
            ("tax", "tax_id", tax),
            ("supplier", "partner_id", partner),
            ("nature", "account_id", account),
            ("cost_center", "analytic_account_id", analytic),
        ):
            with self.subTest(kind), self.assertRaisesRegex(AccessError, "only choose") as caught:
                self.create(kind=kind, **{name: record.id})
            self.assertNotIn("Secret", str(caught.exception))
        with self.assertRaisesRegex(AccessError, "only choose"):
            self.hers(self.mapping("supplier")).partner_id = partner

    def test_what_she_may_read_is(self):
        account = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        self.hers(self.mapping("nature")).account_id = account
        self.assertEqual(self.mapping("nature").account_id, account)
        self.assertTrue(self.create(kind="nature", account_id=account.id))

    def test_what_is_there_already_may_be_written_again(self):
        self.establishment.target_company_id = self.elsewhere
        self.mapping("supplier").partner_id.company_id = self.company
        self.hers(self.mapping("supplier")).partner_id = self.mapping("supplier").partner_id
        self.hers(self.establishment).target_journal_id = False
        self.hers(self.establishment).tax_scope = "consu"

    # --- what a mapping is --------------------------------------------------------------------------

    def test_a_mapping_stays_that_of_its_reference(self):
        self.works_for_both()
        for values in (
            {"connection_id": self.connect_elsewhere().id},
            {"company_id": self.elsewhere.id},
            {"kind": "nature"},
            {"lucca_id": 4711},
        ):
            with self.subTest(values), self.assertRaisesRegex(AccessError, "keeps its connection"):
                self.hers(self.mapping("supplier")).write(values)

    def test_the_same_reference_may_be_written_again(self):
        mapping = self.mapping("supplier")
        names = ("connection_id", "company_id", "kind", "lucca_id")
        values = mapping._convert_to_write({name: mapping[name] for name in names})
        self.hers(mapping).write({**values, "code": "M"})
        self.assertEqual(mapping.code, "M")

    def test_no_mapping_is_made_for_another_s_connection(self):
        connection = self.connect_elsewhere()
        with self.assertRaisesRegex(AccessError, "only choose"):
            self.create(kind="nature", connection_id=connection.id, company_id=self.company.id)

    def test_no_mapping_is_made_for_another_s_company(self):
        with self.assertRaises(AccessError):
            self.create(kind="nature", company_id=self.elsewhere.id)

    def test_the_documents_that_use_it_are_the_synchronisation_s_to_say(self):
        with self.assertRaisesRegex(AccessError, "Only a synchronisation"):
            self.hers(self.establishment).document_ids = False
