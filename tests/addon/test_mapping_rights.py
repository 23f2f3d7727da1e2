"""A mapping gives its user no more rights, although bills are created as the superuser."""

from odoo.exceptions import AccessError, UserError, ValidationError

from tests.addon.common import LuccaCase
from tests.books import add_purchase_journal, user_of

MANAGER = "account.group_account_manager"


class TestMappingRights(LuccaCase):
    def prepare(self):
        super().prepare()
        self.manager = user_of(self.env, MANAGER)
        self.book(purchase=self.add_purchase(establishment="Lyon", nature="Livres"))
        self.elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.journal = add_purchase_journal(self.elsewhere)
        self.establishment = self.mapping("establishment")

    def as_manager(self, record, **context):
        return record.with_user(self.manager).with_context(**context)

    def create(self, **values):
        return self.as_manager(self.env["lucca.mapping"]).create(
            {"connection_id": self.connection.id, "lucca_id": 4711, **values}
        )

    def works_for_both(self):
        self.manager.company_ids |= self.elsewhere

    def connect_elsewhere(self):
        return self.connect(company_id=self.elsewhere.id, journal_id=self.journal.id)

    # --- establishments -----------------------------------------------------------------------------

    def test_an_establishment_cannot_be_mapped_to_a_company_of_others(self):
        for values in (
            {"target_company_id": self.elsewhere.id},
            {"target_journal_id": self.journal.id},
        ):
            with self.subTest(values), self.assertRaisesRegex(AccessError, "only choose what"):
                self.as_manager(self.establishment).write(values)
            with self.subTest(values), self.assertRaisesRegex(AccessError, "only choose what"):
                self.create(kind="establishment", **values)
        self.assertFalse(self.establishment.is_mapped)

    def test_the_defaults_of_a_call_cannot_map_it_to_a_company_of_others(self):
        mappings = self.env["lucca.mapping"].with_context(
            default_target_company_id=self.elsewhere.id
        )
        with self.assertRaisesRegex(AccessError, "only choose what"):
            mappings.with_user(self.manager).create(
                {"connection_id": self.connection.id, "kind": "establishment", "lucca_id": 1}
            )

    def test_a_journal_that_a_branch_shares_cannot_map_it_to_the_parent_company(self):
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

    def test_a_company_that_the_user_works_for_can_be_chosen_from_any_of_her_companies(self):
        self.works_for_both()
        mapping = self.as_manager(self.establishment, allowed_company_ids=self.company.ids)
        mapping.target_company_id = self.elsewhere
        self.assertEqual(self.establishment.target_company_id, self.elsewhere)

    def test_a_company_of_others_is_not_suggested(self):
        self.manager.group_ids |= self.env.ref("base.group_erp_manager")  # She sees all companies.
        self.establishment.name = "Elsewhere"
        self.assertTrue(self.establishment.has_suggestion)
        self.env.invalidate_all()
        self.assertFalse(self.as_manager(self.establishment).has_suggestion)

    def test_taking_no_suggestion_is_refused_with_a_message(self):
        self.establishment.name = "Zzyzx"
        with self.assertRaisesRegex(UserError, "Nothing is suggested"):
            self.as_manager(self.establishment).action_take_suggestion()

    # --- other targets ------------------------------------------------------------------------------

    def test_a_record_that_the_user_may_not_read_cannot_be_chosen(self):
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
            self.as_manager(self.mapping("supplier")).partner_id = partner

    def test_a_record_that_the_user_may_read_can_be_chosen(self):
        account = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        self.as_manager(self.mapping("nature")).account_id = account
        self.assertEqual(self.mapping("nature").account_id, account)
        self.assertTrue(self.create(kind="nature", account_id=account.id))

    def test_a_value_that_is_set_already_can_be_written_again(self):
        self.establishment.target_company_id = self.elsewhere
        self.mapping("supplier").partner_id.company_id = self.company
        self.as_manager(self.mapping("supplier")).partner_id = self.mapping("supplier").partner_id
        self.as_manager(self.establishment).target_journal_id = False
        self.as_manager(self.establishment).tax_scope = "consu"

    # --- the reference of a mapping ------------------------------------------------------------------

    def test_a_mapping_keeps_its_reference(self):
        self.works_for_both()
        for values in (
            {"connection_id": self.connect_elsewhere().id},
            {"company_id": self.elsewhere.id},
            {"kind": "nature"},
            {"lucca_id": 4711},
        ):
            with self.subTest(values), self.assertRaisesRegex(AccessError, "keeps its connection"):
                self.as_manager(self.mapping("supplier")).write(values)

    def test_the_same_reference_may_be_written_again(self):
        mapping = self.mapping("supplier")
        names = ("connection_id", "company_id", "kind", "lucca_id")
        values = mapping._convert_to_write({name: mapping[name] for name in names})
        self.as_manager(mapping).write({**values, "code": "M"})
        self.assertEqual(mapping.code, "M")

    def test_no_mapping_is_made_for_a_connection_of_others(self):
        connection = self.connect_elsewhere()
        with self.assertRaisesRegex(AccessError, "only choose"):
            self.create(kind="nature", connection_id=connection.id, company_id=self.company.id)

    def test_no_mapping_is_made_for_a_company_of_others(self):
        with self.assertRaises(AccessError):
            self.create(kind="nature", company_id=self.elsewhere.id)

    def test_only_the_synchronisation_writes_which_documents_use_a_mapping(self):
        with self.assertRaisesRegex(AccessError, "Only a synchronisation"):
            self.as_manager(self.establishment).document_ids = False

    # --- imported spreadsheets ----------------------------------------------------------------------

    def imported(self, mapping, field):
        """Import a reference again as the export of a list gives it."""
        theirs = self.as_manager(mapping)
        names = [".id", f"{field}/.id"]
        done = theirs.load(names, [[str(mapping.id), str(mapping[field].id)]])
        self.assertFalse(done["messages"])

    def test_an_import_of_the_same_is_no_choice_of_a_person(self):
        supplier, tax = self.mapping("supplier"), self.mapping("tax")
        supplier.doubt = "Its name is another one."
        before = supplier.found_by, tax.found_by
        self.imported(supplier, "partner_id")
        self.imported(tax, "tax_id")
        self.assertEqual((supplier.found_by, tax.found_by), before)
        self.assertTrue(supplier.doubt)

    def test_the_same_supplier_can_be_chosen_again(self):
        supplier = self.mapping("supplier")
        supplier.doubt = "Its name is another one."
        self.as_manager(supplier).partner_id = supplier.partner_id
        self.assertEqual(supplier.found_by, "person")
        self.assertFalse(supplier.doubt)

    def test_a_tax_of_sales_is_refused(self):
        sales = self.env["account.tax"].search(
            [("type_tax_use", "=", "sale"), ("amount", "=", 20)], limit=1
        )
        with self.assertRaisesRegex(ValidationError, "not one of purchases"):
            self.as_manager(self.mapping("tax")).tax_id = sales
