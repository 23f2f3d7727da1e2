"""The addon chooses the right tax or waits, on the charts of accounts exactly as Odoo installs them."""

from tests.addon.charts import GOODS, INVESTMENTS, SERVICES, ChartCase

#: chart, rate, what the nature says is bought (None: nothing), the tax that is chosen ("": none;
#: the document waits, once a rate)
CHOICES = [
    ("fr", "0.2", None, "20% S"),
    ("fr", "0.2", SERVICES, "20% S"),
    ("fr", "0.2", GOODS, "20% G"),
    ("fr", "0.2", INVESTMENTS, "20% R E"),
    ("fr", "0.1", None, "10% G"),
    ("fr", "0.055", GOODS, "5.5% G"),
    ("fr", "0.021", None, "2.1% G"),
    ("be", "0.21", None, "21% S"),
    ("be", "0.21", GOODS, "21% S"),
    ("be", "0.21", INVESTMENTS, ""),
    ("be", "0.12", None, ""),
    ("be", "0.06", GOODS, ""),
    ("ch", "0.081", None, ""),
    ("ch", "0.081", GOODS, ""),
    ("ch", "0.081", INVESTMENTS, "8.1% I OE"),
    ("ch", "0.026", INVESTMENTS, "2.6% I OE"),
    ("lu", "0.17", None, ""),
    ("lu", "0.03", GOODS, ""),
]


class TestWhichTax(ChartCase):
    def test_the_scope_of_the_purchase_decides_among_the_taxes_of_a_rate(self):
        for chart, rate, scope, expected in CHOICES:
            with self.subTest(chart, rate=rate, scope=scope):
                self.in_books_of(chart)
                document = self.bought(scope, rate)
                tax = document.move_id.invoice_line_ids.tax_ids
                self.assertEqual(tax.name or "", expected, document.message)
                self.assertEqual(document.reason, False if expected else "unmapped_tax")

    def test_french_investments_are_deducted_on_the_account_of_fixed_assets(self):
        self.in_books_of("fr")
        tax = self.bought(INVESTMENTS, "0.2").move_id.invoice_line_ids.tax_ids
        self.assertEqual(tax, self.tax("20% R E", GOODS))
        self.assertEqual(tax.invoice_repartition_line_ids.account_id.code, "445620")

    def test_the_companys_default_account_does_not_tell_what_is_bought(self):
        self.in_books_of("be")
        move = self.bought(None, "0.21").move_id
        self.assertEqual(move.invoice_line_ids.account_id.tax_ids, self.tax("21% M"))
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax("21% S"))

    def test_the_tax_of_an_account_comes_first(self):
        for chart, rate, names in (
            ("fr", "0.2", ("20% G", "20% S", "20% G INC")),
            ("be", "0.21", ("21% M", "21% S", "21% G", "21% IG")),
            ("ch", "0.081", ("8.1%", "8.1% I OE")),
            ("lu", "0.17", ("17% G", "17% S", "17% IG")),
        ):
            self.in_books_of(chart)
            for name in names:
                with self.subTest(chart, tax=name):
                    tax = self.tax(name)
                    tax.active = True
                    account = self.account(code=f"6T{tax.id}", tax_ids=tax.ids)
                    purchase = self.purchase(nature=name)
                    self.book(purchase=purchase, excluding=1, taxes=[])
                    self.mapping("nature", name=name).account_id = account
                    document = self.book(purchase=purchase, lines=[(100, rate)])
                    self.assertEqual(document.move_id.invoice_line_ids.tax_ids, tax)

    def test_the_tax_of_an_account_is_taken_and_noted_even_if_it_loses_vat(self):
        self.in_books_of("be")
        purchase = self.purchase()
        self.book(purchase=purchase, excluding=1, taxes=[])
        self.mapping("nature").account_id = self.account(tax_ids=self.tax("21% ND").ids)
        move = self.book(purchase=purchase, lines=[(100, "0.21")]).move_id
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax("21% ND"))
        self.assertEqual((move.amount_untaxed, move.amount_total), (100, 121))
        self.assertIn("Not all VAT is recovered by “21% ND”", self.note(move))

    def test_documents_with_several_fitting_taxes_wait_for_one_choice(self):
        self.in_books_of("ch")
        first = self.book(purchase=self.purchase(), lines=[(100, "0.081")])
        second = self.book(purchase=self.purchase("Autres"), lines=[(50, "0.081")])
        self.assertIn("These fit: 8.1%, 8.1% I OE.", first.message)
        mapping = self.mapping("tax")
        self.assertEqual(mapping.fitting_tax_ids.mapped("name"), ["8.1%", "8.1% I OE"])
        mapping.tax_id = self.tax("8.1% I OE")
        self.sync()
        taxes = (first | second).move_id.invoice_line_ids.tax_ids
        self.assertEqual(taxes, self.tax("8.1% I OE"))

    def test_an_archived_tax_of_the_chart_is_named_in_the_message(self):
        self.in_books_of("be")
        document = self.bought(None, "0.06")
        self.assertIn("unarchive one in Odoo, then press “Retry”: 6% S", document.message)
        self.tax("6% S").active = True
        document.action_retry()
        self.sync()
        self.assertEqual(document.move_id.invoice_line_ids.tax_ids, self.tax("6% S"))

    def test_the_message_says_what_to_do_about_a_document_without_a_date_too(self):
        self.in_books_of("be")
        document = self.bought(INVESTMENTS, "0.21", date="0001-01-01")
        document.action_book_anyway()
        self.sync()
        self.assertEqual(document.reason, "unmapped_tax", document.message)
        self.assertIn("the nature “Achats” needs another", document.message)

    def test_where_the_nature_needs_another_tax_than_the_rate_the_message_says_what_to_do(self):
        self.in_books_of("be")
        document = self.bought(INVESTMENTS, "0.21")
        self.assertEqual(self.mapping("tax").tax_id, self.tax("21% S"))
        self.assertIn("the nature “Achats” needs another", document.message)
        self.assertIn("unarchive one in Odoo, then press “Retry”: 21% IG", document.message)
        self.mapping("nature").tax_scope = SERVICES
        self.sync()
        self.assertEqual(document.move_id.invoice_line_ids.tax_ids, self.tax("21% S"))

    def test_vat_of_services_is_deducted_on_payment_in_france(self):
        self.in_books_of("fr")
        move = self.bought(None, "0.2").move_id
        move.action_post()
        vat = move.line_ids.filtered("tax_line_id")
        self.assertEqual((vat.account_id.code, vat.balance), ("445640", 20))
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()
        deducted = self.env["account.move.line"].search(
            [
                ("account_id.code", "=", "445660"),
                ("move_id.tax_cash_basis_origin_move_id", "=", move.id),
            ]
        )
        self.assertEqual(sum(deducted.mapped("balance")), 20)

    def test_a_tax_of_goods_that_stands_in_for_an_archived_one_of_services_is_noted(self):
        self.in_books_of("fr", auto_post=True)
        purchase = self.purchase()
        note = self.note(self.book(purchase=purchase, lines=[(100, "0.1")]).move_id)
        self.assertIn("“10% G” is not for what is bought", note)
        self.assertIn("than “10% S”, which is archived", note)
        self.tax("10% S").active = True
        move = self.book(purchase=purchase, lines=[(200, "0.1")]).move_id
        self.assertEqual((move.state, move.invoice_line_ids.tax_ids), ("posted", self.tax("10% S")))
        self.assertNotIn("is archived", self.note(move))

    def test_an_archived_tax_of_another_fiscal_position_is_not_proposed_in_place_of_one_of_goods(
        self,
    ):
        self.in_books_of("fr")
        position = self.env["account.fiscal.position"].create({"name": "DOM"})
        values = {"name": "10% DOM", "active": False, "fiscal_position_ids": position.ids}
        self.tax("10% S").copy(values)
        note = self.note(self.book(purchase=self.purchase(), lines=[(100, "0.1")]).move_id)
        self.assertIn("than “10% S”, which is archived", note)

    def test_a_tax_of_goods_that_a_person_or_the_nature_chose_is_not_noted(self):
        self.in_books_of("fr")
        purchase = self.purchase()
        goods = self.bought(GOODS, "0.1").move_id
        self.assertNotIn("is archived", self.note(goods))
        self.mapping("tax").write({"tax_id": self.tax("10% G").id, "found_by": "person"})
        self.tax("10% S").active = True
        move = self.book(purchase=purchase, lines=[(100, "0.1")]).move_id
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax("10% G"))

    def test_belgian_taxes_that_deduct_at_the_same_time_stand_in_for_each_other_without_a_note(
        self,
    ):
        self.in_books_of("be")
        self.tax("12% G").active = True
        move = self.bought(SERVICES, "0.12").move_id
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax("12% G"))
        self.assertNotIn("is archived", self.note(move))

    def test_a_tax_without_account_is_not_proposed(self):
        self.in_books_of("be")
        (self.tax("21% S") | self.tax("21% S.TTC")).active = False
        document = self.bought(None, "0.21")
        self.assertNotIn("ND", document.message)
        self.assertNotIn("21% M ND", self.mapping("tax").fitting_tax_ids.mapped("name"))

    def test_a_company_with_tax_included_prices_gets_the_right_amounts(self):
        self.in_books_of("fr")
        self.company.account_price_include = "tax_included"
        move = self.bought(None, "0.2").move_id
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax("20% S"))
        self.assertTrue(move.invoice_line_ids.tax_ids.price_include)
        self.assertEqual((move.amount_untaxed, move.amount_tax, move.amount_total), (100, 20, 120))


class TestBelgianReturn(ChartCase):
    """Boxes 81 to 83 of the Belgian VAT return contain purchases with the VAT that is not deducted."""

    charts = ("be",)

    def test_the_bill_says_what_the_return_lacks_if_vat_is_not_recovered(self):
        self.in_books_of("be", auto_post=True)
        for cost, lacking in ((110.5, "60.50"), (121, "121.00")):
            with self.subTest(cost):
                document = self.book(purchase=self.purchase(), lines=[(100, "0.21")], cost=cost)
                move = document.move_id
                self.assertEqual((move.state, document.is_doubtful), ("posted", False))
                self.assertIn(f"lacks {lacking}&nbsp;€ of this bill", self.note(move))
                boxes = move.invoice_line_ids.filtered("tax_tag_ids").mapped("price_subtotal")
                self.assertAlmostEqual(sum(boxes) + float(lacking), cost)

    def test_a_refund_makes_the_box_too_high(self):
        self.in_books_of("be")
        values = {"purchase": self.purchase(), "lines": [(100, "0.21")], "cost": 121}
        move = self.book(kind="credit_note", **values).move_id
        self.assertIn("is too high by 121.00&nbsp;€ of this refund", self.note(move))

    def test_a_bill_whose_vat_is_recovered_says_nothing_of_it(self):
        self.in_books_of("be")
        move = self.book(purchase=self.purchase(), lines=[(100, "0.21")]).move_id
        self.assertNotIn("Box 82", self.note(move))


class TestFrenchReturn(ChartCase):
    charts = ("fr",)

    def test_a_bill_whose_vat_is_not_recovered_says_nothing_of_belgian_boxes(self):
        self.in_books_of("fr")
        move = self.book(purchase=self.purchase(), lines=[(100, "0.2")], cost=120).move_id
        self.assertNotIn("Box 82", self.note(move))
