"""What references probably are in Odoo: shown one by one, and taken together only beyond doubt."""

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
    def setUp(self):
        super().setUp()
        self.connection.supplier_policy = "match"

    def reference(self, kind, name, **values):
        """A reference of Lucca that nothing uses yet."""
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
        """It is shown for a person to take, and not taken for many."""
        self.assertEqual(mapping.suggestion, record.display_name)
        other = self.reference("nature", "Zzyzx")
        with self.assertRaisesRegex(UserError, "beyond doubt"):
            (mapping | other).action_take_suggestion()
        mapping.action_take_suggestion()
        self.assertEqual(mapping.target_name, record.display_name)

    def assertSure(self, mapping, record):
        """It is taken also together with others."""
        self.assertEqual(mapping.suggestion, record.display_name)
        (mapping | self.reference("nature", "Zzyzx")).action_take_suggestion()
        self.assertEqual(mapping.target_name, record.display_name)


class TestTaxes(SuggestionCase):
    def test_of_several_taxes_none_is_suggested(self):
        self.tax_20.copy({"name": "20% twin"})
        self.booked()
        mapping = self.reference("tax", "Normal", percentage=0.2, percentage_known=True)
        self.assertFalse(mapping.has_suggestion)

    def test_the_only_one_for_most_purchases_is_sure(self):
        mapping = self.reference("tax", "Normal", percentage=0.2, percentage_known=True)
        self.assertSure(mapping, self.tax_20)

    def test_none_for_another_country_s_vat(self):
        purchase = self.purchase(name="Harrow Ltd", territory="GB")
        self.book(purchase=purchase, lines=[("100", "0.2")])
        self.assertEqual(self.mapping("tax").mapped("territory"), ["GB"])
        self.assertFalse(self.mapping("tax").has_suggestion)


class TestSuppliers(SuggestionCase):
    def test_one_whose_name_is_alike_is_only_shown(self):
        vendor = self.partner(name="Papeterie Moreaux", supplier_rank=1)
        self.assertSuggested(self.supplier("Papeterie Moreau"), vendor)

    def test_not_where_a_number_contradicts(self):
        self.partner(name="Papeterie Moreaux", supplier_rank=1, vat=OTHER_VAT)
        self.assertFalse(self.supplier("Papeterie Moreau", vat_number=VAT).has_suggestion)

    def test_the_partner_that_was_made_since_is_sure(self):
        known = self.partner(name="Autre", vat=VAT)
        self.assertSure(self.supplier("Moreau", identifier=SIRET), known)

    def test_of_several_candidates_the_only_namesake_is_sure(self):
        self.partner(name="Moreau Paris", vat=VAT)
        namesake = self.partner(name="MOREAU SARL", vat=VAT)
        document = self.booked(name="Moreau", vat=VAT)
        self.assertEqual(document.reason, "ambiguous_supplier")
        self.assertSure(self.mapping("supplier"), namesake)

    def test_of_two_with_the_name_the_very_letters_are_only_shown(self):
        self.partner(name="BOULANGERIE MARTIN SARL")
        literal = self.partner(name="Boulangerie Martin")
        self.booked(name="Boulangerie Martin")
        self.assertSuggested(self.mapping("supplier"), literal)

    def test_of_two_with_the_name_otherwise_there_is_none(self):
        self.partner(name="BOULANGERIE MARTIN SARL")
        self.partner(name="Boulangerie Martin SAS")
        self.booked(name="Boulangerie Martin")
        self.assertFalse(self.mapping("supplier").has_suggestion)

    def test_none_for_one_that_became_another_company(self):
        self.partner(name="Moreau", vat=VAT)
        mapping = self.supplier("Moreau", vat_number=VAT)
        mapping.is_doubtful = True
        self.assertFalse(mapping.has_suggestion)

    def test_nothing_where_nothing_is_alike(self):
        self.partner(name="Papeterie Moreau", supplier_rank=1)
        self.assertFalse(self.supplier("Zzyzx").has_suggestion)

    def test_we_are_never_our_own_supplier(self):
        self.company.partner_id.supplier_rank = 1
        self.assertFalse(self.supplier(self.company.name).has_suggestion)
        self.assertFalse(self.supplier(f"{self.company.name}s").has_suggestion)

    def test_what_the_user_may_not_see_is_not_suggested(self):
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

    def test_the_account_of_exactly_the_name_is_sure(self):
        self.assertSure(self.reference("nature", "Zythologie"), self.account("ZYTHOLOGIE"))

    def test_one_whose_name_is_alike_is_only_shown(self):
        account = self.account("Fournitures zythologiques")
        self.assertSuggested(self.reference("nature", "Fourniture zythologique"), account)

    def test_of_two_accounts_of_the_name_there_is_none(self):
        self.account("Zythologie")
        self.account("Zythologie", "606498")
        self.assertFalse(self.reference("nature", "Zythologie").has_suggestion)

    def analytic(self, name, code=False):
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        values = {"name": name, "code": code, "plan_id": plan.id}
        return self.env["account.analytic.account"].create(values)

    def test_the_analytic_account_of_the_code_is_sure(self):
        lyon = self.analytic("Rhône", "LYO")
        self.assertSure(self.reference("cost_center", "Lyon", code="lyo"), lyon)

    def test_unless_another_one_has_the_name(self):
        rhone = self.analytic("Rhône", "LYO")
        self.analytic("Lyon Zythologie")
        self.assertSuggested(self.reference("axis_section", "Lyon Zythologie", code="LYO"), rhone)

    def test_the_company_of_the_name_is_sure(self):
        company = self.env["res.company"].create({"name": "Zythos Lyon"})
        self.env.user.company_ids |= company
        self.assertSure(self.reference("establishment", "Zythos Lyon"), company)


class TestTaking(SuggestionCase):
    def test_the_button_says_how_many_it_took_and_how_many_need_a_choice(self):
        self.partner(name="Moreau", vat=VAT)
        sure, left = self.supplier("Moreau", vat_number=VAT), self.supplier("Zzyzx")
        told = (sure | left).action_take_sure_suggestions()["params"]
        self.assertEqual(told["message"], "Suggestions taken: 1. Need a choice: 1.")
        self.assertEqual(told["type"], "warning")
        self.assertEqual(sure.found_by, "person")

    def test_what_waited_is_booked(self):
        document = self.booked(name="Moreau", vat=VAT)
        partner = self.partner(vat=VAT)
        self.mapping("supplier").action_take_sure_suggestions()
        self.assertEqual(document.state, "pending")
        self.sync()
        self.assertEqual(document.move_id.partner_id, partner)

    def test_what_is_mapped_already_stays(self):
        chosen = self.partner(name="Chosen")
        mapping = self.supplier("Moreau", vat_number=VAT)
        mapping.partner_id = chosen
        self.partner(name="Moreau", vat=VAT)
        with self.assertRaisesRegex(UserError, "beyond doubt"):
            mapping.action_take_sure_suggestions()
        self.assertEqual(mapping.partner_id, chosen)

    def test_who_only_reads_takes_none(self):
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
        mappings.mapped("name")  # as the list has read them
        before, start = self.cr.sql_log_count, time.perf_counter()
        mappings.mapped("suggestion")
        return self.cr.sql_log_count - before, time.perf_counter() - start

    def test_all_are_looked_for_together_and_fast(self):
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
    def test_a_reference_that_is_being_typed_has_no_suggestion_yet(self):
        new = self.env["lucca.mapping"].new({"kind": "nature", "name": "Zythologie"})
        self.assertFalse(new.has_suggestion)
