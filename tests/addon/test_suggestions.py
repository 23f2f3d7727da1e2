"""Suggestions of what a reference is in Odoo: shown one by one, taken together only beyond doubt."""

import time
from random import Random
from string import ascii_lowercase

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from tests.addon.common import LuccaCase
from tests.addon.suppliers import OTHER_VAT, SIRET, VAT, SupplierCase
from tests.books import user_of

MANAGER = "account.group_account_manager"


class SuggestionCase(SupplierCase):
    def prepare(self):
        super().prepare()
        self.connection.supplier_policy = "match"

    def reference(self, kind, name, **values):
        """Return a reference of Lucca that nothing uses yet."""
        number = len(self.mapping(kind)) + 500
        return self.env["lucca.mapping"].create(
            {
                "connection_id": self.connection.id,
                "kind": kind,
                "lucca_id": number,
                "name": name,
                **values,
            }
        )

    def supplier(self, name, **signs):
        data = {"name": name, "territory": "FR", **signs}
        return self.reference("supplier", name, supplier_data=data)

    def assertSuggested(self, mapping, record):
        """Assert that a suggestion is shown, and taken for one mapping but not together with others."""
        self.assertEqual(mapping.suggestion, record.display_name)
        other = self.reference("nature", "Zzyzx")
        with self.assertRaisesRegex(UserError, "No suggestion for these is certain"):
            (mapping | other).action_take_suggestion()
        mapping.action_take_suggestion()
        self.assertEqual(mapping.target_name, record.display_name)

    def assertSure(self, mapping, record):
        """Assert that a suggestion is taken also together with others."""
        self.assertEqual(mapping.suggestion, record.display_name)
        (mapping | self.reference("nature", "Zzyzx")).action_take_suggestion()
        self.assertEqual(mapping.target_name, record.display_name)


class TestTaxes(SuggestionCase):
    def test_among_several_taxes_none_is_suggested(self):
        self.tax_20.copy({"name": "20% twin"})
        self.booked()
        mapping = self.reference("tax", "Normal", percentage=0.2, percentage_known=True)
        self.assertFalse(mapping.has_suggestion)

    def test_the_only_tax_for_most_purchases_is_sure(self):
        mapping = self.reference("tax", "Normal", percentage=0.2, percentage_known=True)
        self.assertSure(mapping, self.tax_20)

    def test_no_tax_is_suggested_for_the_vat_of_another_country(self):
        purchase = self.purchase(name="Harrow Ltd", territory="GB")
        self.book(purchase=purchase, lines=[("100", "0.2")])
        self.assertEqual(self.mapping("tax").mapped("territory"), ["GB"])
        self.assertFalse(self.mapping("tax").has_suggestion)


class TestSuppliers(SuggestionCase):
    def test_a_partner_with_a_similar_name_is_only_shown(self):
        vendor = self.partner(name="Papeterie Moreaux", supplier_rank=1)
        self.assertSuggested(self.supplier("Papeterie Moreau"), vendor)

    def test_a_partner_with_a_contradicting_number_is_not_suggested(self):
        self.partner(name="Papeterie Moreaux", supplier_rank=1, vat=OTHER_VAT)
        self.assertFalse(self.supplier("Papeterie Moreau", vat_number=VAT).has_suggestion)

    def test_a_partner_that_was_created_since_is_sure(self):
        known = self.partner(name="Autre", vat=VAT)
        self.assertSure(self.supplier("Moreau", identifier=SIRET), known)

    def test_the_only_candidate_with_the_name_is_sure(self):
        self.partner(name="Moreau Paris", vat=VAT)
        namesake = self.partner(name="MOREAU SARL", vat=VAT)
        document = self.booked(name="Moreau", vat=VAT)
        self.assertEqual(document.reason, "ambiguous_supplier")
        self.assertSure(self.mapping("supplier"), namesake)

    def test_two_partners_with_the_name_leave_the_one_with_the_same_spelling_only_shown(self):
        self.partner(name="BOULANGERIE MARTIN SARL")
        literal = self.partner(name="Boulangerie Martin")
        self.booked(name="Boulangerie Martin")
        self.assertSuggested(self.mapping("supplier"), literal)

    def test_two_partners_with_other_spellings_of_the_name_are_not_suggested(self):
        self.partner(name="BOULANGERIE MARTIN SARL")
        self.partner(name="Boulangerie Martin SAS")
        self.booked(name="Boulangerie Martin")
        self.assertFalse(self.mapping("supplier").has_suggestion)

    def test_nobody_is_suggested_for_a_supplier_that_became_another_company(self):
        self.partner(name="Moreau", vat=VAT)
        mapping = self.supplier("Moreau", vat_number=VAT)
        mapping.is_doubtful = True
        self.assertFalse(mapping.has_suggestion)

    def test_nothing_is_suggested_where_no_name_is_similar(self):
        self.partner(name="Papeterie Moreau", supplier_rank=1)
        self.assertFalse(self.supplier("Zzyzx").has_suggestion)

    def test_our_own_company_is_never_suggested(self):
        self.company.partner_id.supplier_rank = 1
        self.assertFalse(self.supplier(self.company.name).has_suggestion)
        self.assertFalse(self.supplier(f"{self.company.name}s").has_suggestion)

    def test_a_partner_that_the_user_may_not_see_is_not_suggested(self):
        self.partner(name="Moreau", vat=VAT)
        mapping = self.supplier("Moreau", vat_number=VAT)
        self.env["ir.rule"].create(
            {
                "name": "No partner of this name",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": "[('name', '!=', 'Moreau')]",
            }
        )
        manager = user_of(self.env, MANAGER)
        self.assertTrue(mapping.has_suggestion)
        self.env.invalidate_all()
        self.assertFalse(mapping.with_user(manager).has_suggestion)


class TestOthers(SuggestionCase):
    def account(self, name, code="606499"):
        return self.env["account.account"].create(
            {"code": code, "name": name, "account_type": "expense"}
        )

    def test_an_account_with_exactly_the_name_is_sure(self):
        self.assertSure(self.reference("nature", "Zythologie"), self.account("ZYTHOLOGIE"))

    def test_an_account_with_a_similar_name_is_only_shown(self):
        account = self.account("Fournitures zythologiques")
        self.assertSuggested(self.reference("nature", "Fourniture zythologique"), account)

    def test_two_accounts_with_the_name_are_not_suggested(self):
        self.account("Zythologie")
        self.account("Zythologie", "606498")
        self.assertFalse(self.reference("nature", "Zythologie").has_suggestion)

    def analytic(self, name, code=False):
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        values = {"name": name, "code": code, "plan_id": plan.id}
        return self.env["account.analytic.account"].create(values)

    def test_an_analytic_account_with_the_code_is_sure(self):
        lyon = self.analytic("Rhône", "LYO")
        self.assertSure(self.reference("cost_center", "Lyon", code="lyo"), lyon)

    def test_an_analytic_account_with_the_code_is_not_sure_beside_one_with_the_name(self):
        rhone = self.analytic("Rhône", "LYO")
        self.analytic("Lyon Zythologie")
        self.assertSuggested(self.reference("axis_section", "Lyon Zythologie", code="LYO"), rhone)

    def test_a_company_with_the_name_is_sure(self):
        company = self.env["res.company"].create({"name": "Zythos Lyon"})
        self.env.user.company_ids |= company
        self.assertSure(self.reference("establishment", "Zythos Lyon"), company)


class TestTaking(SuggestionCase):
    def test_the_button_counts_the_suggestions_it_took_and_the_references_left(self):
        self.partner(name="Moreau", vat=VAT)
        sure, left = self.supplier("Moreau", vat_number=VAT), self.supplier("Zzyzx")
        told = (sure | left).action_take_sure_suggestions()["params"]
        self.assertEqual(told["message"], "Suggestions taken: 1. Need a choice: 1.")
        self.assertEqual(told["type"], "warning")
        self.assertEqual(sure.found_by, "person")

    def test_waiting_documents_are_booked(self):
        document = self.booked(name="Moreau", vat=VAT)
        partner = self.partner(vat=VAT)
        self.mapping("supplier").action_take_sure_suggestions()
        self.assertEqual(document.state, "pending")
        self.sync()
        self.assertEqual(document.move_id.partner_id, partner)

    def test_a_mapping_that_is_set_stays(self):
        chosen = self.partner(name="Chosen")
        mapping = self.supplier("Moreau", vat_number=VAT)
        mapping.partner_id = chosen
        self.partner(name="Moreau", vat=VAT)
        with self.assertRaisesRegex(UserError, "No suggestion for these is certain"):
            mapping.action_take_sure_suggestions()
        self.assertEqual(mapping.partner_id, chosen)

    def test_a_user_who_can_only_read_takes_none(self):
        self.partner(name="Moreau", vat=VAT)
        mapping = self.supplier("Moreau", vat_number=VAT)
        reader = new_test_user(self.env, "reader", groups="account.group_account_invoice")
        for method in ("action_take_suggestion", "action_take_sure_suggestions"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(mapping.with_user(reader), method)()


class TestManyVendors(SuggestionCase):
    def suggest(self, mappings):
        self.env.flush_all()
        self.env.invalidate_all()
        mappings.mapped("name")  # The list has read them already.
        before, start = self.cr.sql_log_count, time.perf_counter()
        mappings.mapped("suggestion")
        return self.cr.sql_log_count - before, time.perf_counter() - start

    def test_all_suggestions_are_found_together_and_fast(self):
        chance = Random(1)
        names = ["".join(chance.choices(ascii_lowercase, k=16)) for _vendor in range(2000)]
        self.env["res.partner"].create(
            [{"name": name, "is_company": True, "supplier_rank": 1} for name in names]
        )
        mappings = self.env["lucca.mapping"].union(
            *(self.supplier(f"{name}s") for name in names[:80])
        )
        few, _seconds = self.suggest(mappings[:2])
        queries, seconds = self.suggest(mappings)
        self.assertLessEqual(queries - few, 2)
        self.assertLess(seconds, 1)
        self.assertTrue(all(mappings.mapped("has_suggestion")))


class TestDocumentsScreen(LuccaCase):
    def test_a_reference_that_is_being_typed_has_no_suggestion(self):
        new = self.env["lucca.mapping"].new({"kind": "nature", "name": "Zythologie"})
        self.assertFalse(new.has_suggestion)
