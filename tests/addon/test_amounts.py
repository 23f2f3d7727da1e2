"""Amounts that do not add up: the bill has the printed total and VAT, and a line for the difference."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form

from tests.addon.common import LuccaCase, add_withholding
from tests.books import user_of


def message(document):
    """Return the document's message without the mark that Odoo puts between a minus and its figure."""
    return document.message.replace("\ufeff", "")


def taxes_of(move):
    """Return ``{tax: balance}`` of the journal entry."""
    lines = move.line_ids.filtered("tax_line_id")
    return {tax.name: sum(of.mapped("balance")) for tax, of in lines.grouped("tax_line_id").items()}


class AmountsCase(LuccaCase):
    def document_of(self, excluding, taxes, including=None, **values):
        return self.book(excluding=excluding, taxes=taxes, including=including, **values)

    def confirmed(self, *args, **values):
        """Return the bill of a document that waits until a person presses *Book Anyway*."""
        document = self.document_of(*args, **values)
        self.assertEqual((document.state, document.move_id.ids), ("blocked", []))
        self.assertTrue(document.may_be_accepted)
        document.action_book_anyway()
        self.sync()
        self.assertEqual(document.state, "imported", document.message)
        return document.move_id

    def lines(self, move):
        return [
            (line.name.removeprefix("Fournitures").removeprefix(" - "), line.price_subtotal)
            for line in move.invoice_line_ids
        ]

    def assertEntry(self, move, expected):
        """Assert ``(account code, tax, balance)`` of the journal entry, before and after it is
        posted and reset.
        """
        for act in (lambda: None, move.action_post, move.button_draft):
            act()
            entry = [
                (line.account_id.code, line.tax_line_id.name or "", line.balance)
                for line in move.line_ids
            ]
            self.assertEqual(sorted(entry), sorted(expected))


class TestPartWithoutVat(AmountsCase):
    def test_a_person_confirms_a_part_without_vat_that_is_large(self):
        document = self.document_of(100, [("0.2", 10)])
        self.assertEqual((document.state, document.reason), ("blocked", "tax_mismatch"))
        for words in (
            "The base of the VAT of 10.00\xa0€ is 50.00\xa0€",
            "50.00\xa0€ is without VAT",
            "press “Other Tax”, or press “Book Anyway”, which shows the bill first.",
        ):
            self.assertIn(words, message(document))
        document.action_book_anyway()
        self.sync()
        self.assertEntry(
            document.move_id,
            [("607000", "", 50), ("607000", "", 50), ("445640", "20% S", 10), ("401100", "", -110)],
        )

    def test_a_person_confirms_that_nearly_all_has_no_vat(self):
        move = self.confirmed(1000, [("0.2", "0.2")])
        self.assertEqual(self.lines(move), [("Normal 20 %", 1), ("", 999)])
        self.assertEqual((move.amount_tax, move.amount_total), (0.2, 1000.2))

    def test_a_small_part_without_vat_is_noted_and_no_doubt(self):
        document = self.document_of("107", [("0.2", 20)])
        self.assertEqual(self.lines(document.move_id), [("Normal 20 %", 100), ("", 7)])
        self.assertIn("7.00&nbsp;€ is without VAT", self.note(document.move_id))
        self.assertFalse(document.is_doubtful)


class TestBaseThatIsMore(AmountsCase):
    def test_a_deduction_without_vat_is_a_line_of_its_own(self):
        move = self.confirmed(70, [("0.2", 20)])
        self.assertEqual(self.lines(move), [("Normal 20 %", 100), ("Deduction without VAT", -30)])
        self.assertEntry(
            move,
            [
                ("607000", "", 100),
                ("607000", "", -30),
                ("445640", "20% S", 20),
                ("401100", "", -90),
            ],
        )

    def test_customs_vat_has_its_base_and_a_line_that_subtracts_it(self):
        for excluding, vat in ((0, 200), (15, 203)):
            with self.subTest(excluding):
                move = self.confirmed(excluding, [("0.2", vat)])
                self.assertEqual(
                    self.lines(move),
                    [
                        ("Normal 20 %", 1000 + excluding),
                        ("Base of VAT, not on this document", -1000),
                    ],
                )
                self.assertEqual(
                    (move.amount_untaxed, move.amount_tax, move.amount_total),
                    (excluding, vat, excluding + vat),
                )

    def test_the_line_that_subtracts_the_base_is_on_the_expense_account(self):
        self.connection.difference_account_id = self.env["account.account"].search(
            [("code", "=", "409100")]
        )
        move = self.confirmed(0, [("0.2", 200)])
        self.assertEqual(move.invoice_line_ids.account_id.mapped("code"), ["607000"])


class TestTotals(AmountsCase):
    def setUp(self):
        super().setUp()
        self.deposits = self.env["account.account"].search([("code", "=", "409100")])

    def test_a_rounded_total_has_a_line_and_no_doubt(self):
        document = self.document_of("21.23", [("0.2", "4.25")], "25.47")
        move = document.move_id
        self.assertEqual(self.lines(move), [("Normal 20 %", 21.23), ("Rounding", -0.01)])
        self.assertIn("The amount to pay is rounded", self.note(move))
        self.assertFalse(document.is_doubtful)
        self.assertEntry(
            move,
            [
                ("607000", "", 21.23),
                ("607000", "", -0.01),
                ("445640", "20% S", 4.25),
                ("401100", "", -25.47),
            ],
        )

    def test_five_centimes_in_another_currency_are_rounded_in_both(self):
        self.env.ref("base.CHF").active = True
        document = self.document_of(
            "88.89", [("0.2", "17.78")], "106.65", currency="CHF", counter=("EUR", "1.07")
        )
        move = document.move_id
        self.assertEqual(self.lines(move)[1], ("Rounding", -0.02))
        self.assertEqual((move.amount_total, move.amount_total_signed), (106.65, -114.12))

    def test_a_total_that_is_lower_waits_and_the_message_says_what_is_missing(self):
        document = self.document_of(1000, [("0.2", 200)], 900)
        self.assertEqual((document.state, document.reason), ("blocked", "total_mismatch"))
        for words in (
            "1,000.00\xa0€ excluding taxes plus 200.00\xa0€ of VAT is not 900.00\xa0€",
            "a difference of -300.00\xa0€",
            "press “Book Anyway”, which shows the bill first.",
        ):
            self.assertIn(words, message(document))

    def test_the_difference_is_on_the_expense_account_where_no_other_is_named(self):
        move = self.confirmed(1000, [("0.2", 200)], 900)
        self.assertEntry(
            move,
            [
                ("607000", "", 1000),
                ("607000", "", -300),
                ("445640", "20% S", 200),
                ("401100", "", -900),
            ],
        )

    def test_the_connection_can_name_the_account_of_the_difference(self):
        self.connection.difference_account_id = self.deposits
        document = self.document_of(1000, [("0.2", 200)], 900)
        document.action_book_anyway()
        self.sync()
        self.assertEntry(
            document.move_id,
            [
                ("607000", "", 1000),
                ("409100", "", -300),
                ("445640", "20% S", 200),
                ("401100", "", -900),
            ],
        )

    def test_the_person_can_name_the_account_of_the_difference(self):
        document = self.document_of(1000, [("0.2", 200)], 900)
        clerk = user_of(self.env, "account.group_account_invoice")
        document.with_user(clerk).action_book_anyway(account_id=self.deposits.id)
        self.sync()
        line = document.move_id.invoice_line_ids[1]
        self.assertEqual((line.account_id, line.balance), (self.deposits, -300))

    def test_a_balance_sheet_account_gets_no_analytics(self):
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        account = self.env["account.analytic.account"].create({"name": "Sales", "plan_id": plan.id})
        purchase = self.add_purchase(cost_center="Commerce")
        document = self.document_of(1000, [("0.2", 200)], 900, purchase=purchase)
        self.mapping("cost_center").analytic_account_id = account
        document.action_book_anyway(self.deposits.id)
        self.sync()
        distributions = document.move_id.invoice_line_ids.mapped("analytic_distribution")
        self.assertEqual(distributions, [{str(account.id): 100}, False])

    def test_the_dialog_asks_for_the_account(self):
        self.connection.difference_account_id = self.deposits
        document = self.document_of(1000, [("0.2", 200)], 900)
        clerk = user_of(self.env, "account.group_account_invoice")
        context = {"active_ids": document.ids, "active_model": document._name}
        wizard = self.env["lucca.document.accept"].with_user(clerk).with_context(**context)
        with Form(wizard) as form:
            self.assertEqual(form.difference_account_id, self.deposits)
            self.assertIn("a difference of", form.preview)
        form.record.action_apply()
        self.sync()
        self.assertEqual(document.move_id.invoice_line_ids[1].account_id, self.deposits)

    def test_the_dialog_shows_the_others_if_another_addon_has_an_error_with_one(self):
        bad = self.document_of(1000, [("0.2", 200)], 900, number="BAD")
        good = self.document_of(1000, [("0.2", 200)], 900, number="GOOD")
        bills = self.registry["lucca.bill"]
        prepare = bills._prepare

        def failing(this, document, books):
            if document == bad:
                raise ValueError("Another addon is broken")
            return prepare(this, document, books)

        self.patch(bills, "_prepare", failing)
        wizards = self.env["lucca.document.accept"].with_context(active_ids=(bad | good).ids)
        preview = wizards.create({}).preview
        self.assertIn("Another addon is broken", preview)
        self.assertIn("a difference of", preview)

    def test_an_account_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = (
            self.env["account.account"]
            .with_company(other)
            .create(
                {
                    "name": "Theirs",
                    "code": "409199",
                    "account_type": "asset_current",
                    "company_ids": [Command.set(other.ids)],
                }
            )
        )
        document = self.document_of(1000, [("0.2", 200)], 900)
        with self.assertRaises(UserError):
            document.action_book_anyway(account_id=foreign.id)
        self.assertEqual(document.state, "blocked")

    def test_a_missing_amount_excluding_taxes_is_confirmed_by_a_person(self):
        move = self.confirmed(0, [("0.2", 20)], 120)
        self.assertEqual(self.lines(move), [("Normal 20 %", 100)])
        self.assertEqual((move.amount_tax, move.amount_total), (20, 120))


class TestPrintedVat(AmountsCase):
    def test_vat_that_was_rounded_line_by_line_stays_as_printed(self):
        for printed in (20.02, 20.03, 19.97):
            with self.subTest(printed):
                document = self.document_of(100, [("0.2", printed)])
                self.assertEqual(self.lines(document.move_id), [("Normal 20 %", 100)])
                self.assertEqual(document.move_id.amount_tax, printed)
                self.assertFalse(document.is_doubtful)

    def test_zero_vat_has_no_line(self):
        move = self.document_of("99.98", [("0.2", "20.00"), ("0.1", 0)]).move_id
        self.assertEqual(self.lines(move), [("Normal 20 %", 99.98)])

    def test_zero_vat_at_a_rate_needs_no_tax(self):
        ten = [("amount", "=", 10), ("type_tax_use", "=", "purchase")]
        self.env["account.tax"].search(ten)[0].copy({"name": "Other 10 %"})
        document = self.document_of("99.98", [("0.2", "20.00"), ("0.1", 0)])
        self.assertFalse(self.mapping("tax", lucca_id=46).tax_id)
        self.assertEqual(document.state, "imported", document.message)

    def test_a_person_confirms_vat_at_a_zero_rate_as_a_cost(self):
        move = self.confirmed(100, [("0", 5)])
        self.assertEqual(self.lines(move), [("", 100), ("Non-recoverable VAT", 5)])
        self.assertEqual((move.amount_tax, move.amount_total), (0, 105))

    def test_a_person_confirms_a_cost_beyond_the_total(self):
        move = self.confirmed(100, [("0.2", 20)], cost=130)
        self.assertEqual((move.amount_untaxed, move.amount_tax), (100, 20))
        self.assertIn("The cost of 130.00&nbsp;€ does not fit", self.note(move))

    def test_lost_vat_that_may_belong_to_either_rate_is_a_doubt(self):
        self.connection.auto_post = True
        document = self.document_of(150, [("0.2", 10), ("0.1", 10)], cost=160)
        move = document.move_id
        self.assertEqual((move.state, move.amount_untaxed, move.amount_tax), ("draft", 160, 10))
        self.assertIn("all the VAT of one rate or a part of each", document.draft_reason)
        sure = self.document_of(150, [("0.2", 20), ("0.1", 5)], cost=155)
        self.assertEqual(sure.move_id.state, "posted", sure.draft_reason)


class TestWithheld(AmountsCase):
    """Spanish IRPF is a tax with a negative rate, on the base of the VAT."""

    def prepare(self):
        super().prepare()
        add_withholding(self.tenant, self.tax_20)

    def taxes(self, *values):
        return [{"rateTypeId": lucca_id, "value": value} for lucca_id, value in values]

    def test_the_vat_and_the_withheld_tax_share_a_base(self):
        document = self.document_of("41.32", self.taxes((45, 8.26), (900, -6.20)), "43.38")
        move = document.move_id
        self.assertEqual(self.lines(move), [("Normal 20 % - IRPF -15 %", 41.32)])
        self.assertFalse(document.is_doubtful)
        self.assertEntry(
            move,
            [
                ("607000", "", 41.32),
                ("445640", "20% S", 8.26),
                ("447000", "IRPF -15 %", -6.2),
                ("401100", "", -43.38),
            ],
        )

    def test_a_tax_withheld_on_two_rates_is_shared(self):
        move = self.document_of(150, self.taxes((45, 20), (46, 5), (900, -22.5))).move_id
        self.assertEqual(taxes_of(move), {"20% S": 20, "10% G": 5, "IRPF -15 %": -22.5})
        self.assertEqual((move.amount_untaxed, move.amount_total), (150, 152.5))

    def test_a_withheld_tax_without_vat_is_on_the_amount(self):
        move = self.document_of(100, self.taxes((900, -15))).move_id
        self.assertEqual((move.amount_untaxed, move.amount_tax, move.amount_total), (100, -15, 85))

    def test_a_withheld_tax_has_luccas_amounts_in_both_currencies(self):
        self.env.ref("base.USD").active = True
        move = self.document_of(
            "41.32",
            self.taxes((45, 8.26), (900, -6.20)),
            "43.38",
            currency="USD",
            counter=("EUR", "0.93337"),
        ).move_id
        self.assertEqual(taxes_of(move), {"20% S": 7.71, "IRPF -15 %": -5.79})
        self.assertEqual(move.amount_total_signed, -40.49)

    def test_lucca_may_write_a_withheld_tax_without_a_sign(self):
        self.tenant.rates[-1]["percentage"] = 0.15
        document = self.document_of("41.32", self.taxes((45, 8.26), (900, 6.20)), "43.38")
        self.assertEqual(document.reason, "unmapped_tax")
        self.mapping("tax", lucca_id=900).tax_id = self.env["account.tax"].search(
            [("name", "=", "IRPF -15 %")]
        )
        self.sync()
        move = document.move_id
        self.assertEqual(taxes_of(move), {"20% S": 8.26, "IRPF -15 %": -6.2})
        self.assertEqual(move.amount_total, 43.38)

    def test_a_credit_note_reverses_a_withheld_tax(self):
        move = self.document_of(
            "41.32", self.taxes((45, 8.26), (900, -6.20)), "43.38", kind="credit_note"
        ).move_id
        self.assertEqual((move.move_type, move.amount_total), ("in_refund", 43.38))
        self.assertEqual(taxes_of(move), {"20% S": -8.26, "IRPF -15 %": 6.2})
