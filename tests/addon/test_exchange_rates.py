"""A bill in another currency keeps its exchange rate when a person corrects its bill date."""

from json import dumps, loads

from odoo.addons.lucca_invoices_sync.models.bill.exchange_rate import kept_rates
from odoo.tests import Form

from tests.addon.common import LuccaCase
from tests.books import user_of

NO_DATE = "0001-01-01T00:00:00"


class RateCase(LuccaCase):
    def prepare(self):
        super().prepare()
        self.dollar = self.env.ref("base.USD")
        self.dollar.active = True
        self.rates = self.env["res.currency.rate"]
        self.rates.search([]).unlink()
        self.user = user_of(self.env, "account.group_account_invoice")

    def set_rate(self, rate, day="2025-01-01", currency=None):
        values = {"currency_id": (currency or self.dollar).id, "name": day, "rate": rate}
        return self.rates.create(values)

    def bill(self, kind="invoice", counter=("EUR", "0.8"), **values):
        """Return the bill of 1,200.00 USD, by Lucca 960.00 EUR."""
        vat = {"excluding": 1000, "taxes": [("0.2", 200)]}
        return self.book(kind, **vat, currency="USD", counter=counter, **values).move_id

    def correct(self, move, day="2026-01-17"):
        """Change the bill date in the form, as an accountant without rights on the addon does."""
        with Form(move.with_user(self.user)) as form:
            form.invoice_date = day
        self.assertEqual(str(move.invoice_date), day)

    def assertConverted(self, move, total, vat):
        """Assert the total and the VAT of a bill in the company's currency; in its own they are never others."""
        self.assertEqual((move.amount_total, move.amount_tax), (1200, 200))
        vat_items = move.line_ids.filtered("tax_line_id")
        found = move.amount_total_signed, move.amount_tax_signed, sum(vat_items.mapped("balance"))
        sign = move.direction_sign
        self.assertEqual(found, (-sign * total, -sign * vat, sign * vat))


class TestLuccasRate(RateCase):
    #: The total, the untaxed amount and the VAT of ``bill``, as Lucca converts them.
    converted = ("960", "800", "160")

    def test_it_stays_when_the_date_is_corrected_in_the_form(self):
        for rate in (None, 1.1):
            with self.subTest(rate=rate):
                if rate:
                    self.set_rate(rate)
                move = self.bill()
                self.assertConverted(move, 960, 160)
                self.correct(move)
                self.assertConverted(move, 960, 160)
                move.action_post()
                self.assertConverted(move, 960, 160)

    def test_it_stays_when_several_dates_are_written(self):
        self.set_rate(1.1)
        moves = self.bill() | self.bill() | self.bill("credit_note")
        self.assertIn("in_refund", moves.mapped("move_type"))
        moves.invoice_date = "2026-01-17"
        for move in moves:
            self.assertConverted(move, 960, 160)

    def test_it_stays_after_a_reset_to_draft(self):
        move = self.bill()
        move.action_post()
        move.button_draft()
        self.correct(move)
        move.action_post()
        self.assertConverted(move, 960, 160)

    def test_it_stays_when_a_missing_date_is_completed(self):
        document = self.undated()
        document.action_book_anyway()
        self.sync()
        move = document.move_id
        self.assertFalse(move.invoice_date)
        self.correct(move)
        move.action_post()
        self.assertConverted(move, 960, 160)

    def undated(self):
        json = self.tenant.add_invoice(
            purchase=self.add_purchase(),
            excluding=1000,
            taxes=[("0.2", 200)],
            currency="USD",
            counter=("EUR", "0.8"),
        )
        json["documentDate"] = NO_DATE
        self.sync()
        return self.document(json)

    def test_it_stays_on_a_kept_draft_when_lucca_says_another_one_later(self):
        move = self.edited()
        self.convert_to(("480", "400", "80"))
        self.assertTrue(move.lucca_is_changed)
        self.correct(move)
        self.assertConverted(move, 960, 160)

    def test_it_stays_after_a_person_has_seen_that_lucca_says_another_one(self):
        move = self.edited()
        for total, untaxed, vat in (("480", "400", "80"), ("240", "200", "40")):
            self.convert_to((total, untaxed, vat))
            move.lucca_document_id.with_user(self.user).action_seen()
        self.correct(move)
        self.assertConverted(move, 960, 160)

    def test_the_next_bill_of_the_document_has_the_new_one(self):
        move = self.edited()
        document = move.lucca_document_id
        self.convert_to(("480", "400", "80"))
        document.action_seen()
        move.unlink()
        document.action_retry()
        self.sync()
        move = document.move_id
        self.assertConverted(move, 480, 80)
        self.correct(move)
        self.assertConverted(move, 480, 80)

    def edited(self):
        """Return a bill that a person worked on, while Odoo has another rate."""
        self.set_rate(1.1)
        move = self.bill()
        move.narration = "Ask Camille about this one"
        return move

    def convert_to(self, amounts):
        """Have Lucca convert the newest document to another total, untaxed amount and VAT."""
        (json,) = self.tenant.documents[-1:]
        counter = dumps(json["amountIncludingTaxes"]["counter"])
        for former, new in zip(self.converted, amounts, strict=True):
            counter = counter.replace(former, new)
        self.converted = amounts
        amounts = {**json["amountIncludingTaxes"], "counter": loads(counter)}
        self.tenant.change(json, amountIncludingTaxes=amounts)
        self.connection.last_audit_at = False
        self.sync()

    def test_a_person_may_still_take_odoos(self):
        self.set_rate(1.2)
        move = self.bill()
        move.with_user(self.user).refresh_invoice_currency_rate()
        self.assertConverted(move, 1000, 166.67)
        self.set_rate(1.5, "2026-01-16")
        self.correct(move)
        self.assertConverted(move, 800, 133.33)

    def test_a_bill_in_another_currency_than_its_document_has_odoos(self):
        franc = self.env.ref("base.CHF")
        franc.active = True
        self.set_rate(2, currency=franc)
        move = self.bill()
        move.currency_id = franc
        self.correct(move)
        self.assertConverted(move, 600, 100)

    def test_it_is_there_again_after_a_change_to_the_companys_currency_and_back(self):
        move = self.bill()
        with Form(move.with_user(self.user)) as form:
            form.currency_id = self.company.currency_id
            form.currency_id = self.dollar
        self.assertConverted(move, 960, 160)

    def test_a_copy_has_odoos(self):
        self.set_rate(1.2)
        copy = self.bill().copy({"invoice_date": "2026-01-17", "ref": "other"})
        self.assertConverted(copy, 1000, 166.67)
        copy.invoice_date = "2026-01-18"
        self.assertConverted(copy, 1000, 166.67)

    def test_it_stays_for_a_user_who_may_edit_bills_and_not_see_their_documents(self):
        group = self.env["res.groups"].create({"name": "Readers of bills"})
        self.env["ir.model.access"].create(
            {
                "name": "bills",
                "model_id": self.env.ref("account.model_account_move").id,
                "group_id": group.id,
                "perm_read": True,
            }
        )
        move = self.bill()
        user = user_of(self.env, "base.group_user")
        user.group_ids |= group
        self.assertFalse(move.lucca_document_id.with_user(user).has_access("read"))
        self.env.invalidate_all()
        [rate] = kept_rates(move.with_user(user)).values()
        self.assertAlmostEqual(rate, 1.25)

    def test_amounts_that_lucca_converted_to_another_sign_are_no_rate(self):
        self.set_rate(1.2)
        move = self.bill()
        document = move.lucca_document_id
        document.payload = document.payload.replace("960", "-960")
        self.correct(move)
        self.assertConverted(move, 1000, 166.67)


class TestOdoosRate(RateCase):
    """The rate of a bill that Lucca does not convert, or to which a person gave another rate."""

    def test_it_follows_the_date(self):
        self.set_rate(1.2)
        self.set_rate(1.5, "2026-01-16")
        move = self.bill(counter=("CHF", "0.9"))
        self.assertConverted(move, 1000, 166.67)
        self.correct(move)
        self.assertConverted(move, 800, 133.33)

    def test_it_stays_if_odoo_has_none_any_more(self):
        rate = self.set_rate(1.2)
        move = self.bill(counter=("CHF", "0.9"))
        rate.unlink()
        self.correct(move)
        self.assertConverted(move, 1000, 166.67)

    def test_it_follows_the_date_if_what_is_stored_of_the_document_is_damaged(self):
        self.set_rate(1.2)
        move = self.bill()
        move.lucca_document_id.payload = '{"amountIncludingTaxes": '
        self.correct(move)
        self.assertConverted(move, 1000, 166.67)

    def test_a_typed_one_stays_if_odoo_has_none(self):
        move = self.bill()
        move.invoice_currency_rate = 1.5
        self.correct(move)
        self.assertConverted(move, 800, 133.33)

    def test_bills_of_other_origin_follow_odoo(self):
        self.set_rate(1.2)
        self.set_rate(1.5, "2026-01-16")
        other = self.bill().copy({"invoice_date": "2026-01-15", "ref": "other"})
        self.correct(other)
        self.assertConverted(other, 800, 133.33)


class TestQueries(RateCase):
    def test_bills_from_lucca_take_as_many_as_one(self):
        self.set_rate(1.1)
        for case, counter in (("Lucca's rate", ("EUR", "0.8")), ("Odoo's rate", ("CHF", "0.9"))):
            with self.subTest(case):
                bills = [self.bill(counter=counter) for _ in range(5)]
                self.assertEqual(self.queries(bills[:1]), self.queries(bills))

    def test_bills_of_other_origin_take_one(self):
        self.set_rate(1.2)
        bill = self.bill()
        copies = [bill.copy({"ref": f"other {one}"}) for one in range(5)]
        self.assertEqual(self.queries(copies), 1)

    def test_bills_in_the_companys_currency_take_none(self):
        bills = [self.book(lines=[(100 + one, "0.2")]).move_id for one in range(3)]
        self.assertEqual(self.queries(bills), 0)

    def queries(self, bills):
        """Return how many queries tell which rates bills keep that Odoo has read already."""
        moves = self.env["account.move"].union(*bills)
        self.env.flush_all()
        self.env.invalidate_all()
        moves.mapped("expected_currency_rate")
        before = self.cr.sql_log_count
        kept_rates(moves)
        return self.cr.sql_log_count - before
