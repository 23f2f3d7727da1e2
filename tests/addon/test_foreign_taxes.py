"""The VAT of another country: the taxes that may hold it, and the tax that the addon creates for it."""

from odoo.exceptions import AccessError, UserError, ValidationError

from tests.addon.charts import SUPPLIERS, ChartCase
from tests.addon.common import LuccaCase, add_withholding
from tests.books import user_of

MANAGER = "account.group_account_manager"
#: A German rate, whose rate type the simulator has, and the VAT on 200.00 at this rate.
RATE, VAT = "0.19", 38


def germany(test, **values):
    purchase = test.add_purchase(
        supplier_name="Kessler GmbH", vat="DE462612124", territory="DE", establishment=None
    )
    return test.book(purchase=purchase, lines=[(200, RATE)], **values)


class TestCharts(ChartCase):
    """Charts of accounts as Odoo installs them."""

    def waiting(self, chart, **values):
        self.in_books_of(chart, **values)
        document = germany(self)
        self.assertEqual((document.state, document.reason), ("blocked", "unmapped_tax"))
        self.assertIn("then “Create It”", document.message)
        return document

    def create_it(self, document):
        """Press *Create It* as an accounting manager of the company. Return the tax."""
        manager = user_of(self.env, MANAGER, self.company)
        (mapping,) = document.waiting_mapping_ids
        self.assertTrue(mapping.can_create_tax)
        mapping.with_user(manager).with_context(
            allowed_company_ids=self.company.ids
        ).action_create_tax()
        self.assertFalse(mapping.can_create_tax)
        return mapping.tax_id

    def assertPosted(self, document):
        self.assertEqual(document.state, "imported", document.message)
        move = document.move_id
        self.assertEqual((move.amount_untaxed, move.amount_tax, move.amount_total), (200, VAT, 238))
        move.action_post()
        self.assertEqual(move.state, "posted")
        return move

    def test_foreign_vat_is_a_part_of_the_charge(self):
        for chart in SUPPLIERS:
            with self.subTest(chart):
                document = self.waiting(chart)
                tax = self.create_it(document)
                self.assertEqual((tax.name, tax.country_id), ("VAT 19 % (DE)", self.country()))
                self.sync()
                move = self.assertPosted(document)
                self.assertEqual(move.invoice_line_ids.tax_ids, tax)
                charge = move.line_ids.grouped("account_id")[move.invoice_line_ids.account_id]
                self.assertEqual(sum(charge.mapped("balance")), 238)
                self.assertFalse(move.line_ids.tax_tag_ids)

    def test_a_credit_note_reverses_foreign_vat(self):
        for chart in SUPPLIERS:
            with self.subTest(chart):
                self.create_it(self.waiting(chart))
                move = self.assertPosted(germany(self, kind="credit_note"))
                self.assertEqual(move.move_type, "in_refund")
                self.assertFalse(move.line_ids.tax_tag_ids)

    def test_foreign_vat_can_be_claimed_back_from_the_account_that_the_connection_names(self):
        for chart in SUPPLIERS:
            with self.subTest(chart):
                document = self.waiting(chart)
                claim = self.account(
                    code="447777", name="Foreign VAT", account_type="asset_current"
                )
                self.connection.foreign_vat_account_id = claim
                tax = self.create_it(document)
                self.sync()
                move = self.assertPosted(document)
                vat = move.line_ids.grouped("tax_line_id")[tax]
                self.assertEqual((vat.account_id, vat.balance), (claim, VAT))
                of_tax = tax.repartition_line_ids.filtered(
                    lambda one: one.repartition_type == "tax"
                )
                self.assertFalse(any(of_tax.mapped("use_in_tax_closing")))
                self.assertFalse(move.line_ids.tax_tag_ids)
                self.assertNotIn("Not all VAT is recovered", self.note(move))

    def test_vat_that_is_claimed_back_is_not_an_expense_although_it_is_in_luccas_cost(self):
        self.in_books_of("fr")
        claim = self.account(code="447777", name="Foreign VAT", account_type="asset_current")
        self.connection.foreign_vat_account_id = claim
        document = germany(self, cost=238)
        self.assertEqual(document.reason, "unmapped_tax")
        self.create_it(document)
        self.sync()
        move = self.assertPosted(document)
        self.assertEqual(move.line_ids.grouped("account_id")[claim].balance, VAT)
        self.assertIn("38.00&nbsp;€ of another country's VAT", self.note(move))

    def test_vat_that_is_an_expense_stays_one_where_a_person_chose_that(self):
        self.in_books_of("fr")
        self.create_it(self.waiting("fr"))
        self.connection.foreign_vat_account_id = self.account(
            code="447777", name="Foreign VAT", account_type="asset_current"
        )
        move = germany(self, cost=238).move_id
        self.assertEqual((move.amount_untaxed, move.amount_total), (238, 238))

    def country(self):
        return self.company.account_fiscal_country_id


class CreationCase(LuccaCase):
    def prepare(self):
        super().prepare()
        self.lucca_document = germany(self)
        self.rate = self.mapping("tax", territory="DE")

    def taxes(self):
        every = self.env["account.tax"].with_context(active_test=False)
        return every.search([("name", "=like", "%(DE)"), ("company_id", "=", self.company.id)])

    def claim_account(self):
        return self.env["account.account"].create(
            {"code": "447777", "name": "Foreign VAT", "account_type": "asset_current"}
        )


class TestCreating(CreationCase):
    def test_pressing_twice_makes_one_tax(self):
        self.rate.action_create_tax()
        tax = self.rate.tax_id
        self.rate.tax_id = False
        self.rate.action_create_tax()
        self.assertEqual((self.rate.tax_id, self.taxes()), (tax, tax))

    def test_the_message_names_the_tax(self):
        told = self.rate.action_create_tax()["params"]["message"]
        self.assertIn(self.rate.tax_id.display_name, told)

    def test_an_archived_tax_is_used_again(self):
        self.rate.action_create_tax()
        tax = self.rate.tax_id
        tax.active = False
        self.assertTrue(self.rate.can_create_tax)
        self.rate.action_create_tax()
        self.assertTrue(tax.active)
        self.assertEqual(self.taxes(), tax)

    def test_a_tax_whose_name_is_taken_gets_a_number(self):
        self.tax_20.copy({"name": "VAT 19 % (DE)", "amount": 19})
        self.rate.action_create_tax()
        self.assertEqual(self.rate.tax_id.name, "VAT 19 % [2] (DE)")

    def test_another_tax_is_made_after_the_connection_named_an_account(self):
        self.rate.action_create_tax()
        first = self.rate.tax_id
        self.rate.tax_id = False
        self.connection.foreign_vat_account_id = self.claim_account()
        self.rate.action_create_tax()
        self.assertNotEqual(self.rate.tax_id, first)

    def test_waiting_documents_are_booked_with_the_new_tax(self):
        self.rate.action_create_tax()
        self.assertEqual(self.lucca_document.state, "pending")

    def test_the_tax_is_not_included_in_prices_although_the_companys_are(self):
        self.company.account_price_include = "tax_included"
        self.rate.action_create_tax()
        self.assertFalse(self.rate.tax_id.price_include)
        self.sync()
        self.assertEqual(self.lucca_document.move_id.amount_untaxed, 200)

    def test_no_tax_is_created_for_a_domestic_rate(self):
        self.book(lines=[(100, "0.2")])
        with self.assertRaisesRegex(UserError, "boxes in its VAT return"):
            self.mapping("tax", territory="FR").action_create_tax()

    def test_with_a_vat_number_in_the_country_a_person_chooses_that_countrys_tax(self):
        self.env["account.fiscal.position"].create(
            {
                "name": "Germany",
                "country_id": self.env.ref("base.de").id,
                "foreign_vat": "DE462612124",
            }
        )
        with self.assertRaisesRegex(UserError, "has a VAT number in Germany"):
            self.rate.action_create_tax()
        self.lucca_document.action_retry()
        self.sync()
        self.assertIn("choose the tax of Germany with this rate", self.lucca_document.message)
        group = self.env["account.tax.group"].create(
            {"name": "DE", "country_id": self.env.ref("base.de").id}
        )
        theirs = self.tax_20.copy(
            {
                "name": "19% DE",
                "amount": 19,
                "country_id": group.country_id.id,
                "tax_group_id": group.id,
            }
        )
        self.rate.invalidate_recordset()
        self.assertIn(theirs, self.rate.offered_tax_ids)

    def test_a_billing_user_creates_no_tax(self):
        billing = user_of(self.env, "account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.rate.with_user(billing).action_create_tax()

    def test_a_rate_that_changed_has_a_tax_for_each_percentage(self):
        self.rate.percentages = {"2020-08": "0.16", "2026-01": "0.19"}
        self.rate.action_create_tax()
        self.assertEqual(self.taxes().mapped("amount"), [16, 19])
        old = self.rate._tax_on(self.lucca_document.document_date.replace(year=2020, month=8))
        self.assertEqual(old.amount, 16)


class TestDomestic(CreationCase):
    """A tax for other countries is never chosen as one of the company's own taxes."""

    def test_a_created_tax_is_not_used_for_the_companys_own_rate(self):
        self.connection.foreign_vat_account_id = self.claim_account()
        purchase = self.add_purchase(supplier_name="Harrow", vat="", territory="GB")
        self.book(purchase=purchase, lines=[(100, "0.2")])
        self.mapping("tax", territory="GB").action_create_tax()
        self.tax_20.active = False
        self.purchase_tax("20% G").active = False
        document = self.book(lines=[(100, "0.2")])
        self.assertEqual(document.reason, "unmapped_tax")

    def test_a_tax_that_a_person_made_on_the_same_account_is_not_used_either(self):
        self.connection.foreign_vat_account_id = claim = self.claim_account()
        twin = self.tax_20.copy({"name": "20 % GB", "tax_exigibility": "on_invoice"})
        twin.repartition_line_ids.filtered("account_id").account_id = claim
        self.assertEqual(self.book(lines=[(100, "0.2")]).state, "imported")
        self.assertNotIn(twin, self.mapping("tax", territory="FR").fitting_tax_ids)

    def test_no_tax_is_suggested_for_another_country_s_vat(self):
        self.rate.action_create_tax()
        self.rate.tax_id = False
        self.assertFalse(self.rate.has_suggestion)

    def test_the_vat_of_monaco_counts_as_french(self):
        self.rate.territory = "MC"
        self.assertFalse(self.rate.is_foreign)


class TestChoosing(CreationCase):
    def prepare(self):
        super().prepare()
        self.manager = user_of(self.env, MANAGER)

    def choose(self, tax, mapping=None):
        """Choose a tax as a person does on the screen."""
        values = {"tax_id": tax.id}
        (mapping or self.rate).with_user(self.manager).web_save(values, {"tax_id": {}})

    def test_only_taxes_that_can_hold_foreign_vat_are_offered(self):
        twin = self.tax_20.copy({"name": "19% ours", "amount": 19})
        self.assertFalse(self.rate.offered_tax_ids)
        lost = twin.copy({"name": "19% lost", "tax_exigibility": "on_invoice"})
        lost.repartition_line_ids.account_id = False
        self.rate.invalidate_recordset()
        self.assertEqual(self.rate.offered_tax_ids, lost)
        self.choose(lost)
        self.assertEqual(self.rate.tax_id, lost)

    def test_all_taxes_of_a_domestic_rate_are_offered(self):
        self.book(lines=[(100, "0.2")])
        offered = self.mapping("tax", territory="FR").offered_tax_ids
        self.assertEqual(set(offered.mapped("amount")), {20})
        self.assertIn(self.purchase_tax("20% G"), offered)

    def test_all_taxes_are_offered_for_an_unknown_rate(self):
        self.server.behaviour.denied = {"rates": 403}
        self.book(lines=[(100, "0.1")], date="2025-01-01")
        offered = self.mapping("tax", percentage_known=False).offered_tax_ids
        self.assertGreater(set(offered.mapped("amount")), {20, 10, 5.5})

    def test_a_tax_with_another_rate_is_refused_with_a_message(self):
        with self.assertRaisesRegex(
            ValidationError, "is of 20 %, the VAT rate in Lucca is “Normal"
        ):
            self.choose(self.tax_20)

    def test_a_tax_with_another_rate_is_refused_in_a_new_mapping(self):
        values = {"connection_id": self.connection.id, "kind": "tax", "lucca_id": 990}
        rate = {"percentage": 0.1, "percentage_known": True, "tax_id": self.tax_20.id}
        mappings = self.env["lucca.mapping"].with_user(self.manager)
        with self.assertRaisesRegex(ValidationError, "is of 20 %"):
            mappings.create({**values, **rate})

    def test_a_tax_with_another_rate_is_refused_in_an_import(self):
        result = (
            self.env["lucca.mapping"]
            .with_user(self.manager)
            .load([".id", "tax_id/.id"], [[str(self.rate.id), str(self.tax_20.id)]])
        )
        self.assertIn("is of 20 %", result["messages"][0]["message"])

    def test_a_tax_that_deducts_foreign_vat_as_the_companys_own_is_refused_with_a_message(self):
        ours = self.tax_20.copy({"name": "19% ours", "amount": 19})
        with self.assertRaisesRegex(
            ValidationError, "would deduct the VAT of “Normal 19 % \\(DE\\)”"
        ):
            self.choose(ours)

    def test_a_tax_that_was_mapped_before_is_a_doubt_on_each_bill(self):
        ours = self.tax_20.copy({"name": "19% ours", "amount": 19})
        self.rate.tax_id = ours
        self.choose(ours)  # It is mapped already.
        self.assertTrue(self.rate.can_create_tax)
        document = germany(self)
        self.assertTrue(document.is_doubtful)
        self.assertIn("as if it were", self.note(document.move_id))
        self.rate.action_create_tax()
        self.assertFalse(germany(self, number="F-2").is_doubtful)

    def test_a_group_of_taxes_is_refused_for_a_rate_above_zero(self):
        group = self.env["account.tax"].create(
            {"name": "Group", "amount_type": "group", "type_tax_use": "purchase"}
        )
        with self.assertRaisesRegex(ValidationError, "is a group of taxes"):
            self.choose(group)

    def test_a_self_assessed_tax_may_be_mapped_to_a_zero_rate(self):
        self.book(lines=[(100, "0")])
        zero = self.mapping("tax", percentage=0, percentage_known=True)
        owed = self.purchase_tax("20% EU S")
        self.assertIn(owed, zero.offered_tax_ids)
        self.choose(owed, zero)
        with self.assertRaisesRegex(ValidationError, "of the same rate"):
            self.choose(self.tax_20, zero)

    def test_a_withheld_tax_fits_its_rate_with_or_without_the_sign(self):
        withheld = add_withholding(self.tenant, self.tax_20)
        for percentage in (-0.15, 0.15):
            mapping = self.env["lucca.mapping"].with_user(self.manager)
            mapping = mapping.create(
                {
                    "connection_id": self.connection.id,
                    "kind": "tax",
                    "lucca_id": 900 if percentage < 0 else 901,
                    "percentage": percentage,
                    "percentage_known": True,
                    "tax_id": withheld.id,
                }
            )
            self.assertIn(withheld, mapping.offered_tax_ids)

    def test_a_domestic_rate_without_a_tax_leads_to_the_archived_taxes(self):
        tax = self.purchase_tax("2.1% G") or self.tax_20
        self.book(lines=[(100, "0.021")])
        mapping = self.mapping("tax", percentage=0.021)
        action = mapping.action_open_taxes()
        found = self.env[action["res_model"]].with_context(**action["context"])
        self.assertEqual(set(found.search(action["domain"]).mapped("amount")), {2.1})
        self.assertIn(tax, found.search(action["domain"]))
