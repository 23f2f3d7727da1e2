"""Bills without VAT of suppliers to which a person gave a fiscal position, and of taxes that are archived."""

from odoo.fields import Command

from tests.addon.charts import GOODS, INVESTMENTS, SERVICES
from tests.addon.test_electronic_categories import CategoryCase
from tests.addon.test_zero_rate import AT_HOME, NONE, ZERO, ZeroCase

DECLARES = "whose taxes declare VAT that you owe. No tax of the bill declares it: choose the tax"
STANDS_IN = "its tax scope says that it is for something else"
#: For each chart, its fiscal position for all suppliers at home.
AT_HOME_POSITIONS = {
    "fr": "Domestic - France",
    "be": "National",
    "ch": "Suisse national (+Liechtenstein)",
    "lu": "Luxembourgish Taxable Person",
}


class PositionCase(ZeroCase):
    def prepare(self):
        super().prepare()
        self.chart = self.charts[0]
        self.in_books_of(self.chart, auto_post=True)

    def position(self, name):
        """Return the fiscal position of a name in the company's chart."""
        domain = [("name", "=", name), ("company_id", "=", self.company.id)]
        return self.env["account.fiscal.position"].search(domain, limit=1)

    def own_position(self, *taxes):
        """Return a new fiscal position with copies of taxes."""
        position = self.env["account.fiscal.position"].create({"name": "Autoliquidation"})
        for tax, values in taxes:
            given = {"fiscal_position_ids": [Command.set(position.ids)], "original_tax_ids": False}
            self.tax(tax).copy({**given, **values})
        return position

    def for_scope(self, scope, position):
        """Return a purchase of what is bought, from a supplier at home with a fiscal position."""
        self.connection.tax_scope = scope
        return self.known(position)


class TestBelgianCoContractor(PositionCase):
    charts = ("be",)

    def prepare(self):
        super().prepare()
        self.given = self.position("Co-Contractant")

    def test_an_archived_tax_is_named_in_a_doubt(self):
        for scope, name in (
            (SERVICES, "21% S.Cocont"),
            (GOODS, "21% S.Cocont"),
            (INVESTMENTS, "21% IG.Cocont"),
        ):
            for kind in ("invoice", "credit_note"):
                with self.subTest(scope=scope, kind=kind):
                    document = self.booked(self.for_scope(scope, self.given), NONE, kind=kind)
                    self.assertTax(document, "", doubt=DECLARES)
                    told = self.note(document.move_id)
                    self.assertIn(
                        f"Unarchive the right one, and the next bills have it: {name}.", told
                    )
                    self.assertNotIn(AT_HOME, told)

    def test_the_tax_of_box_82_is_for_services_and_goods(self):
        self.tax("21% S.Cocont").active = True
        for scope in (SERVICES, GOODS):
            with self.subTest(scope=scope):
                document = self.booked(self.for_scope(scope, self.given), NONE)
                self.assertTax(document, "21% S.Cocont", note="the bill has the tax “21% S.Cocont”")

    def test_the_tax_of_investments_needs_no_active_tax_that_it_replaces(self):
        self.tax("21% IG.Cocont").active = True
        document = self.booked(self.for_scope(INVESTMENTS, self.given), NONE)
        self.assertTax(document, "21% IG.Cocont", note="the bill has the tax “21% IG.Cocont”")

    def test_a_tax_of_another_box_never_stands_in(self):
        for source, scope in (("21% M", SERVICES), ("21% S", INVESTMENTS)):
            with self.subTest(source, scope=scope):
                position = self.own_position((f"{source}.Cocont", {"name": "Ours", "active": True}))
                document = self.booked(self.for_scope(scope, position), NONE)
                self.assertTax(document, "", doubt=DECLARES)
                self.assertIn("no active tax for this: create one", self.note(document.move_id))

    def test_the_tax_of_0_percent_that_a_person_mapped_is_a_doubt(self):
        self.tax("0% S").active = True
        purchase = self.for_scope(SERVICES, self.given)
        taxes = [("0", 0)]
        self.booked(purchase, taxes, number="first")
        self.mapping("tax").write({"tax_id": self.tax("0% S").id, "found_by": "person"})
        document = self.booked(purchase, taxes, number="second")
        self.assertTax(document, "0% S", doubt="has taxes that declare it, but not exactly one")

    def test_an_archived_tax_for_purchases_from_abroad_is_named(self):
        for country, scope, name in (
            ("DE", SERVICES, "21% EU S"),
            ("DE", GOODS, "21% EU G"),
            ("US", GOODS, "21% EX"),
            ("DE", INVESTMENTS, "21% EU IG"),
        ):
            with self.subTest(country, scope=scope):
                self.connection.tax_scope = scope
                document = self.booked(self.from_country(country), NONE)
                self.assertTax(document, "", doubt="has no active tax for this")
                self.assertIn(f"the next bills have it: {name}.", self.note(document.move_id))


class TestFrance(PositionCase):
    charts = ("fr",)

    def test_the_only_tax_of_the_position_is_used_whatever_its_scope_with_a_doubt(self):
        for source, scope in (
            ("20% EU G", SERVICES),
            ("20% EU S", GOODS),
            ("20% EU S", INVESTMENTS),
        ):
            for taxes in (NONE, ZERO):
                with self.subTest(source, scope=scope, taxes=taxes):
                    name = f"{source} {scope} {len(taxes)}"
                    position = self.own_position((source, {"name": name}))
                    document = self.booked(self.for_scope(scope, position), taxes)
                    self.assertTax(document, name, doubt=STANDS_IN)

    def test_the_only_tax_of_the_position_is_no_doubt_without_a_scope(self):
        for scope in (SERVICES, GOODS, INVESTMENTS):
            with self.subTest(scope=scope):
                name = f"BTP {scope}"
                position = self.own_position(("20% EU G", {"name": name, "tax_scope": False}))
                document = self.booked(self.for_scope(scope, position), NONE)
                self.assertTax(document, name, note=f"the bill has the tax “{name}”")

    def test_a_tax_of_another_scope_is_not_used_beside_an_archived_one_that_is_right(self):
        position = self.own_position(
            ("20% EU G", {"name": "20% BTP G"}),
            ("20% EU S", {"name": "20% BTP S", "active": False}),
        )
        for taxes, tax in ((NONE, ""), (ZERO, "0% EX")):
            with self.subTest(taxes=taxes):
                document = self.booked(self.for_scope(SERVICES, position), taxes)
                self.assertTax(document, tax, doubt=DECLARES)
                self.assertIn("the next bills have it: 20% BTP S.", self.note(document.move_id))

    def test_a_position_whose_only_tax_is_archived_does_not_say_that_none_is_due(self):
        position = self.own_position(("20% EU S", {"name": "20% BTP", "active": False}))
        document = self.booked(self.for_scope(SERVICES, position), NONE)
        self.assertTax(document, "", doubt=DECLARES)
        self.assertIn("the next bills have it: 20% BTP.", self.note(document.move_id))

    def test_a_tax_of_another_rate_is_not_used(self):
        position = self.own_position(("10% EU S", {"name": "10% BTP", "active": True}))
        document = self.booked(self.for_scope(SERVICES, position), NONE)
        self.assertTax(document, "", doubt="no active tax for this: create one")

    def test_the_only_tax_of_0_percent_is_used_if_the_position_has_no_others(self):
        position = self.own_position(("0% EX", {"name": "0% F"}))
        for scope in (SERVICES, GOODS):
            with self.subTest(scope=scope):
                document = self.booked(self.for_scope(scope, position), NONE)
                self.assertTax(document, "0% F", note="the bill has the tax “0% F”")

    def test_the_position_counts_also_if_the_country_is_not_known(self):
        position = self.own_position(("20% EU S", {"name": "20% BTP", "active": False}))
        purchase = self.known(position, vat="", territory="")
        self.assertTax(self.booked(purchase, NONE), "", doubt=DECLARES)

    def test_a_mapped_rate_of_0_percent_is_no_doubt_for_other_suppliers_at_home(self):
        self.booked(self.purchase())
        self.mapping("tax", lucca_id=49).write(
            {"tax_id": self.tax("0% EX").id, "found_by": "person"}
        )
        at_home = self.known(self.position(AT_HOME_POSITIONS["fr"]))
        for purchase in (self.purchase(), self.from_country("RE"), at_home):
            with self.subTest(supplier=purchase["supplier"]["name"]):
                self.assertTax(self.booked(purchase), "0% EX")

    def test_an_archived_tax_of_the_listed_rate_is_named(self):
        document = self.booked(
            self.from_country("DE"),
            [{"rateTypeId": 46, "value": 10}],
            including=100,
            intraCommunityTaxes=True,
        )
        named = "Unarchive the right one, and the next bills have it: 10% EU S."
        self.assertTax(document, "", doubt=named)


class TestReverseChargeOfElectronicInvoice(CategoryCase, PositionCase):
    """Reverse charge according to the electronic invoice (category AE)."""

    charts = ("fr",)

    def test_the_only_tax_of_the_position_is_used_whatever_its_scope_with_a_doubt(self):
        position = self.own_position(("20% EU G", {"name": "20% BTP"}))
        purchase = self.for_scope(SERVICES, position)
        rows = [("AE", "0", "100.00", "0.00")]
        move = self.made(rows, purchase=purchase, excluding="100", taxes=NONE)
        self.assertEqual(move.invoice_line_ids.tax_ids.name, "20% BTP")
        self.assertEqual(move.state, "draft")
        self.assertIn(STANDS_IN, self.note(move))


class TestLuxembourg(PositionCase):
    charts = ("lu",)

    def test_the_only_tax_of_the_position_is_used(self):
        position = self.own_position(("17% IC S", {"name": "17% Ours"}))
        document = self.booked(self.for_scope(SERVICES, position), NONE)
        self.assertTax(document, "17% Ours", note="the bill has the tax “17% Ours”")

    def test_several_taxes_that_fit_are_named_in_a_doubt(self):
        position = self.own_position(
            ("17% IC S", {"name": "Ours S"}), ("17% IC G", {"name": "Ours G"})
        )
        document = self.booked(self.for_scope(SERVICES, position), NONE)
        self.assertTax(document, "", doubt=DECLARES)
        told = self.note(document.move_id)
        self.assertIn("Several taxes of the fiscal position fit: Ours G, Ours S.", told)
        self.assertNotIn("no active tax", told)


class TestSwitzerland(PositionCase):
    charts = ("ch",)

    def test_a_group_of_taxes_is_used(self):
        position = self.own_position()
        self.tax("8.1% R C").fiscal_position_ids |= position
        document = self.booked(self.for_scope(SERVICES, position), NONE)
        self.assertTax(document, "8.1% R C", note="the bill has the tax “8.1% R C”")


class TestPositionAtHome(PositionCase):
    charts = ("fr", "be", "ch", "lu")

    def test_the_position_of_all_suppliers_at_home_is_no_doubt(self):
        for chart, name in AT_HOME_POSITIONS.items():
            with self.subTest(chart):
                self.in_books_of(chart, auto_post=True)
                document = self.booked(self.for_scope(SERVICES, self.position(name)), NONE)
                self.assertTax(document, "", note=AT_HOME)
