"""One choice for many references is asked once, stored by one write, and limited to what fits together."""

from lxml import etree
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tools.safe_eval import safe_eval

from tests.addon.suppliers import SupplierCase
from tests.books import add_purchase_journal, company_with_journal, user_of

MANAGER = "account.group_account_manager"


class ChoosingCase(SupplierCase):
    def prepare(self):
        super().prepare()
        self.manager = user_of(self.env, MANAGER)
        self.connection.attach_files = False

    def references(self, number, kind="nature", **values):
        return self.env["lucca.mapping"].create(
            [
                {
                    "connection_id": self.connection.id,
                    "kind": kind,
                    "lucca_id": 700 + one,
                    "name": f"Reference {one}",
                    **values,
                }
                for one in range(number)
            ]
        )

    def choose(self, records, user=None):
        """Return the dialog that a manager opens for documents or references."""
        action = records.with_user(user or self.manager).action_choose()
        return self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])

    def apply(self, wizard, **values):
        wizard.write(values)
        return wizard.action_apply()["params"]["message"]

    def account(self):
        domain = [("account_type", "=", "expense"), ("company_ids", "in", self.company.ids)]
        return self.env["account.account"].search(domain, limit=1)

    def two_rates_wait(self):
        """Return two documents: one waits for the tax of 20 %, one for that of 10 %."""
        self.tax_20.copy({"name": "20% twin"})
        self.purchase_tax("10% G").copy({"name": "10% twin"})
        purchase = self.add_purchase()
        waiting = self.book(purchase=purchase, lines=[(100, "0.2")])
        return waiting | self.book(purchase=purchase, lines=[(100, "0.1")])


class TestReferences(ChoosingCase):
    def test_natures_get_one_account_and_a_scope(self):
        natures, account = self.references(3), self.account()
        wizard = self.choose(natures)
        self.assertEqual(wizard.kind, "nature")
        told = self.apply(wizard, account_id=account.id, tax_scope="consu")
        self.assertEqual(told, "Mapped: 3.")
        self.assertEqual(natures.account_id, account)
        self.assertEqual(natures.mapped("tax_scope"), ["consu"] * 3)

    def test_a_value_that_was_not_chosen_stays(self):
        natures = self.references(2, tax_scope="invest")
        self.apply(self.choose(natures), account_id=self.account().id)
        self.assertEqual(natures.mapped("tax_scope"), ["invest"] * 2)

    def test_cost_centres_get_one_analytic_account(self):
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        analytic = self.env["account.analytic.account"].create({"name": "A", "plan_id": plan.id})
        centres = self.references(40, "cost_center")
        self.apply(self.choose(centres), analytic_account_id=analytic.id)
        self.assertEqual(centres.analytic_account_id, analytic)

    def test_suppliers_get_one_partner(self):
        suppliers = self.references(2, "supplier")
        self.apply(self.choose(suppliers), partner_id=self.partner().id)
        self.assertEqual(suppliers.mapped("found_by"), ["person"] * 2)

    def test_establishments_get_a_company_and_a_journal(self):
        places = self.references(2, "establishment")
        journal = self.connection.journal_id
        wizard = self.choose(places)
        self.apply(wizard, target_company_id=self.company.id, target_journal_id=journal.id)
        self.assertEqual(
            (places.target_company_id, places.target_journal_id), (self.company, journal)
        )

    def test_references_that_are_removed_from_the_list_stay_as_they_are(self):
        natures = self.references(3)
        wizard = self.choose(natures)
        wizard.mapping_ids = [Command.unlink(natures[0].id)]
        self.apply(wizard, account_id=self.account().id)
        self.assertEqual(natures.mapped("is_mapped"), [False, True, True])

    def test_the_dialog_tells_which_references_are_mapped_already(self):
        natures = self.references(3)
        natures[0].account_id = self.account()
        self.assertIn(
            "References that are mapped already and will change: 1.", self.choose(natures).summary
        )

    def test_with_several_kinds_of_references_one_kind_is_chosen_first(self):
        natures, suppliers = self.references(2), self.references(3, "supplier")
        with Form(self.choose(natures | suppliers)) as form:
            self.assertFalse(form.kind)
            self.assertEqual(form.kinds, ["nature", "supplier"])
            form.kind = "supplier"
            self.assertEqual(len(form.mapping_ids), 3)
            form.partner_id = self.partner()

    def test_a_dialog_without_a_choice_says_so(self):
        wizard = self.choose(self.references(2))
        with self.assertRaisesRegex(UserError, "Choose what they are"):
            wizard.action_apply()

    def test_an_empty_selection_is_refused_with_a_message(self):
        with self.assertRaisesRegex(UserError, "Select the references"):
            self.env["lucca.mapping"].action_choose()


class TestFitting(ChoosingCase):
    def test_the_taxes_of_the_rate_are_offered(self):
        rates = self.references(2, "tax", percentage=0.1, percentage_known=True)
        offered = self.choose(rates).offered_tax_ids
        self.assertIn(self.purchase_tax("10% G"), offered)
        self.assertEqual(set(offered.mapped("amount")), {10})

    def test_two_rates_have_no_tax_in_common(self):
        rates = self.references(2, "tax", percentage=0.1, percentage_known=True)
        rates[0].percentage = 0.2
        wizard = self.choose(rates)
        wizard.tax_id = self.tax_20
        with self.assertRaisesRegex(UserError, "several VAT rates, 10 %, 20 %"):
            wizard.action_apply()
        wizard.mapping_ids = rates[0]
        self.apply(wizard)
        self.assertEqual(rates.tax_id, self.tax_20)

    def test_the_vat_of_another_country_gets_a_tax_that_is_not_recovered(self):
        lost = self.tax_20.copy({"name": "20% lost"})
        lines = lost.invoice_repartition_line_ids | lost.refund_repartition_line_ids
        lines.account_id = False
        known = {"percentage": 0.2, "percentage_known": True}
        abroad = self.references(1, "tax", territory="GB", **known)
        offered = self.choose(abroad).offered_tax_ids
        self.assertIn(lost, offered)
        self.assertNotIn(self.tax_20, offered)
        here = abroad.copy({"lucca_id": 800, "territory": False})
        wizard = self.choose(abroad | here)
        wizard.tax_id = lost
        with self.assertRaisesRegex(UserError, "VAT of another country"):
            wizard.action_apply()

    def test_the_dialog_offers_what_a_row_of_the_list_of_rates_offers(self):
        germany = self.env.ref("base.de")
        position = {"name": "Germany", "country_id": germany.id, "foreign_vat": "DE462612124"}
        self.env["account.fiscal.position"].create(position)
        group = self.env["account.tax.group"].create({"name": "DE", "country_id": germany.id})
        place = {"country_id": germany.id, "tax_group_id": group.id}
        theirs = self.tax_20.copy({"name": "19% DE", "amount": 19, **place})
        known = {"percentage": 0.19, "percentage_known": True}
        rates = self.references(2, "tax", territory="DE", **known)
        self.assertIn(theirs, rates[0].offered_tax_ids)
        self.assertEqual(self.choose(rates).offered_tax_ids, rates[0].offered_tax_ids)

    def test_references_of_two_companies_are_mapped_one_company_after_the_other(self):
        other = company_with_journal(self.env)
        self.manager.company_ids |= other
        natures = self.references(2)
        natures[1].company_id = other
        both = [self.company.id, other.id]
        wizard = self.choose(natures.with_context(allowed_company_ids=both))
        wizard = wizard.with_context(allowed_company_ids=both)
        wizard.account_id = self.account()
        with self.assertRaisesRegex(UserError, "several companies"):
            wizard.action_apply()

    def test_a_record_of_another_company_is_refused(self):
        journal = add_purchase_journal(self.env["res.company"].create({"name": "Elsewhere"}))
        wizard = self.choose(self.references(1, "establishment"))
        with self.assertRaises(AccessError):
            wizard.target_journal_id = journal
            wizard.action_apply()


class TestAbroad(ChoosingCase):
    """*Create It* in the dialog gives each listed VAT rate of another country a tax of its own rate."""

    def rates(self, *places):
        """Return the references of VAT rates: pairs of a country and a fraction."""
        rates = self.references(len(places), "tax", percentage_known=True)
        for rate, (territory, percentage) in zip(rates, places, strict=True):
            rate.write({"territory": territory, "percentage": percentage})
        return rates

    def footer(self, wizard):
        """Return the buttons that the dialog shows, the primary one first."""
        view = wizard.get_view(view_type="form")
        values = {name: wizard[name] for name in wizard._fields}
        shown = [
            button
            for button in etree.fromstring(view["arch"]).iter("button")
            if button.get("name") and not safe_eval(button.get("invisible", "False"), values)
        ]
        shown.sort(key=lambda button: "btn-primary" not in button.get("class"))
        return [button.get("name") for button in shown]

    def test_documents_that_wait_for_several_rates_get_a_tax_for_each(self):
        for territory, rate in (("DE", "0.19"), ("ES", "0.21"), ("CH", "0.038")):
            purchase = self.add_purchase(supplier_name=territory, vat="", territory=territory)
            self.tenant.add_invoice(purchase=purchase, lines=[(100, rate)])
        self.sync()
        documents = self.documents()
        self.assertEqual(documents.mapped("reason"), ["unmapped_tax"] * 3)
        rates = documents.waiting_mapping_ids
        wizard = self.choose(documents)
        self.assertEqual(self.footer(wizard), ["action_create_taxes"])
        self.assertIn("19 % (DE)", wizard.foreign_advice)
        answer = wizard.action_create_taxes()
        self.assertEqual(answer["params"]["type"], "success")
        for rate in rates:
            self.assertIn(f"({rate.territory})", rate.tax_id.name)
            self.assertAlmostEqual(rate.tax_id.amount, rate.percentage * 100)
        self.assertEqual(set(documents.mapped("state")), {"pending"})
        self.sync()
        self.assertEqual(set(documents.mapped("state")), {"imported"})

    def test_one_percentage_of_two_countries_gets_two_taxes(self):
        rates = self.rates(("ES", 0.21), ("NL", 0.21))
        wizard = self.choose(rates)
        self.assertEqual(self.footer(wizard), ["action_create_taxes"])
        wizard.action_create_taxes()
        self.assertEqual(rates.tax_id.mapped("name"), ["VAT 21 % (ES)", "VAT 21 % (NL)"])

    def test_a_tax_that_fits_may_be_chosen_instead(self):
        known, *others = self.rates(("NL", 0.21), ("NL", 0.21), ("NL", 0.21))
        known.action_create_tax()
        rates = known.union(*others) - known
        rates.invalidate_recordset()  # as in a new request
        wizard = self.choose(rates)
        self.assertEqual(self.footer(wizard), ["action_apply", "action_create_taxes"])
        self.apply(wizard, tax_id=wizard.offered_tax_ids.id)
        self.assertEqual(rates.tax_id.name, "VAT 21 % (NL)")

    def test_the_companys_own_rates_still_need_a_choice(self):
        rates = self.rates(("FR", 0.1), ("ES", 0.21))
        wizard = self.choose(rates)
        self.assertIn("several VAT rates", wizard.trouble)
        self.assertNotIn("10", wizard.foreign_advice)
        answer = wizard.action_create_taxes()["params"]
        self.assertEqual([bool(rate.tax_id) for rate in rates], [False, True])
        self.assertIn("Need a choice: 1.", answer["message"])
        self.assertEqual(answer["type"], "warning")

    def test_references_that_are_removed_from_the_list_count_no_more(self):
        rates = self.rates(("FR", 0.1), ("ES", 0.21))
        with Form(self.choose(rates)) as form:
            form.mapping_ids.remove(id=rates[1].id)
            self.assertFalse(form.foreign_advice)
            form.tax_id = self.purchase_tax("10% G")
        form.record.action_apply()
        self.assertEqual([bool(rate.tax_id) for rate in rates], [True, False])

    def test_the_rates_of_a_country_with_a_vat_number_are_left_out(self):
        germany = self.env.ref("base.de")
        position = {"name": "Germany", "country_id": germany.id, "foreign_vat": "DE462612124"}
        self.env["account.fiscal.position"].create(position)
        rates = self.rates(("DE", 0.19), ("ES", 0.21))
        wizard = self.choose(rates)
        self.assertIn(rates[1].display_name, wizard.foreign_advice)
        self.assertNotIn(rates[0].display_name, wizard.foreign_advice)
        told = wizard.action_create_taxes()["params"]["message"]
        self.assertEqual([bool(rate.tax_id) for rate in rates], [False, True])
        self.assertIn("Need a choice: 1.", told)

    def test_the_companys_own_rates_alone_have_no_create_it(self):
        wizard = self.choose(self.rates(("FR", 0.1)))
        self.assertEqual(self.footer(wizard), ["action_apply"])
        self.assertFalse(wizard.foreign_advice)


class TestDocuments(ChoosingCase):
    def test_many_documents_that_wait_for_one_tax_take_one_choice(self):
        self.tax_20.copy({"name": "20% twin"})
        purchase = self.add_purchase()
        for _document in range(10):
            self.tenant.add_invoice(purchase=purchase, lines=[(100, "0.2")])
        self.sync()
        documents = self.documents()
        wizard = self.choose(documents)
        self.assertEqual((wizard.kind, wizard.hint), ("tax", ""))
        self.assertEqual(wizard.summary, "References: 1. Documents that wait for them: 10.")
        told = self.apply(wizard, tax_id=self.tax_20.id)
        self.assertEqual(told, "Mapped: 1. Documents that are tried again now: 10.")
        self.assertEqual(set(documents.mapped("state")), {"pending"})
        self.sync()
        self.assertEqual(set(documents.mapped("state")), {"imported"})

    def test_the_reference_that_documents_wait_for_comes_first(self):
        self.tax_20.copy({"name": "20% twin"})
        document = self.book(lines=[(100, "0.2"), (100, "0.1")])
        self.assertEqual(self.choose(document).mapping_ids.mapped("percentage"), [0.2])

    def test_several_kinds_of_references_are_told(self):
        self.tax_20.copy({"name": "20% twin"})
        documents = self.book(lines=[(100, "0.2")])
        self.connection.supplier_policy = "match"
        documents |= self.book(purchase=self.purchase(name="Zzyzx"))
        documents |= self.book(purchase=self.purchase(name="Zythos"))
        wizard = self.choose(documents)
        self.assertEqual(wizard.kind, "supplier", "most wait for one")
        self.assertIn("several kinds", wizard.hint)

    def test_documents_that_wait_for_something_else_are_counted(self):
        self.tax_20.copy({"name": "20% twin"})
        documents = self.book(lines=[(100, "0.2")])
        documents |= self.book(purchase=self.purchase(), lines=[(100, None)], currency="XPF")
        self.assertIn("need something else: 1.", self.choose(documents).hint)

    def test_the_natures_of_booked_documents_get_their_account(self):
        documents = self.book(purchase=self.add_purchase(nature="Livres"))
        documents |= self.book(purchase=self.add_purchase(nature="Revues"))
        wizard = self.choose(documents)
        self.assertIn("None of these documents waits", wizard.hint)
        wizard.kind = "nature"
        self.apply(wizard, account_id=self.account().id)
        self.assertEqual(self.mapping("nature").account_id, self.account())

    def test_references_that_are_mapped_stay_beside_those_that_are_not(self):
        documents = self.book(purchase=self.add_purchase(nature="Livres"))
        self.mapping("nature").account_id = self.account()
        documents |= self.book(purchase=self.add_purchase(nature="Revues"))
        wizard = self.choose(documents)
        wizard.kind = "nature"
        self.assertEqual(wizard.mapping_ids.name, "Revues")

    def test_documents_without_references_are_refused_with_a_message(self):
        unreadable = self.book(documentDate="someday")
        with self.assertRaisesRegex(UserError, "refer to nothing"):
            self.choose(unreadable)

    def test_documents_without_a_supplier_to_map_ask_for_the_supplier(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase())
        self.tenant.change(json, purchase=None)
        self.sync()
        action = self.document(json).action_choose()
        self.assertEqual(action["res_model"], "lucca.document.supplier")


class TestRights(ChoosingCase):
    def test_users_who_may_not_map_cannot_open_the_dialog(self):
        document = self.book()
        for group in ("account.group_account_invoice", "account.group_account_readonly"):
            user = user_of(self.env, group)
            for records in (document, self.references(1)):
                with self.subTest(group, model=records._name), self.assertRaises(AccessError):
                    self.choose(records, user)
            self.mapping("nature", lucca_id=700).unlink()

    def test_records_that_the_user_may_not_see_cannot_be_chosen(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        wizard = self.choose(self.references(2, "establishment"))
        with self.assertRaisesRegex(AccessError, "only choose what"):
            self.apply(wizard.sudo().with_user(self.manager), target_company_id=elsewhere.id)


class TestQueries(ChoosingCase):
    def queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_many_references_take_no_query_each(self):
        account = self.account()

        def work(references):
            self.apply(self.choose(references), account_id=account.id)

        natures = self.references(300)
        few, more = (self.queries(lambda some=some: work(some)) for some in (natures[:2], natures))
        self.assertLessEqual(more - few, 15)

    def test_many_documents_take_no_query_each(self):
        self.tax_20.copy({"name": "20% twin"})
        for number in range(60):
            self.tenant.add_invoice(
                purchase=self.add_purchase(nature=f"Nature {number}"), lines=[(100, "0.2")]
            )
        self.sync()
        documents = self.documents()
        few = self.queries(lambda: self.choose(documents[:2]))
        more = self.queries(lambda: self.apply(self.choose(documents), tax_id=self.tax_20.id))
        self.assertLessEqual(more - few, 45)
