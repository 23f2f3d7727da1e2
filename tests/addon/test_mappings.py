"""Suppliers and taxes are found where there is no doubt. Otherwise, the document waits."""

from datetime import date

import psycopg2
from odoo.fields import Command
from odoo.tools import mute_logger

from tests.addon.common import LuccaCase


class TestSuppliers(LuccaCase):
    def partner(self, **values):
        return self.env["res.partner"].create(
            {
                "name": "Known",
                "is_company": True,
                "country_id": self.env.ref("base.fr").id,
                "vat": "FR23334175221",
                **values,
            }
        )

    def test_a_supplier_is_found_by_its_vat_number(self):
        known = self.partner()
        document = self.book(purchase=self.add_purchase(vat="FR 23 334 175 221"))
        self.assertEqual(document.move_id.partner_id, known)
        self.assertEqual(self.mapping("supplier").partner_id, known)

    def test_a_supplier_is_created_once(self):
        purchase = self.add_purchase(supplier_name="Once")
        for _document in range(3):
            self.tenant.add_invoice(purchase=purchase)
        self.sync()
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "Once")]), 1)

    def test_no_supplier_is_created_where_the_policy_is_to_match(self):
        self.connection.supplier_policy = "match"
        before = self.env["res.partner"].search_count([])
        document = self.book()
        self.assertEqual(document.reason, "unknown_supplier")
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_choosing_the_supplier_books_the_documents_that_waited_for_it(self):
        self.connection.supplier_policy = "match"
        document = self.book()
        partner = self.partner(vat=False)
        self.mapping("supplier").partner_id = partner
        self.assertEqual(document.state, "pending")
        self.sync()
        self.assertEqual(document.move_id.partner_id, partner)

    def test_a_supplier_that_is_corrected_in_lucca_is_corrected_for_the_next_document(self):
        purchase = self.add_purchase(supplier_name="First")
        self.book(purchase=purchase)
        other = self.tenant.add_supplier(name="Second", vat="", territory="FR")
        purchase["supplier"] = {"id": other["id"], "name": "Second"}
        self.assertEqual(self.book(purchase=purchase).move_id.partner_id.name, "Second")

    def test_a_draft_supplier_is_never_created(self):
        purchase = self.add_purchase()
        purchase["supplier"] = {"name": "Brouillon"}
        document = self.book(purchase=purchase)
        self.assertEqual(document.reason, "unknown_supplier")
        self.assertIn("“Brouillon” is only a draft supplier", document.message)
        self.assertEqual(document.supplier_name, "Brouillon")

    def test_a_document_whose_purchase_may_not_be_read_waits(self):
        self.server.behaviour.denied = {"purchases": 403}
        document = self.book()
        self.assertEqual((document.state, document.reason), ("blocked", "unknown_supplier"))
        self.assertIn("right to read purchases", document.message)
        self.server.behaviour.denied = {}
        document.action_retry()
        self.sync()
        self.assertEqual(document.state, "imported")

    def test_a_document_without_purchase_waits(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase())
        self.tenant.change(json, purchase=None)
        self.sync()
        self.assertEqual(self.document(json).reason, "unknown_supplier")

    def test_one_purchase_is_read_once(self):
        purchase = self.add_purchase()
        for _document in range(4):
            self.tenant.add_invoice(purchase=purchase)
        self.sync()
        paths = [request.path for request in self.server.requests]
        self.assertEqual(sum("/purchases/" in path for path in paths), 1)
        self.assertEqual(sum("/suppliers/" in path for path in paths), 1)


class TestTaxes(LuccaCase):
    def test_the_tax_is_the_one_of_the_scope_that_most_purchases_have(self):
        self.book(lines=[(100, "0.2")])
        self.assertEqual(self.mapping("tax").tax_id, self.tax_20)

    def test_the_only_purchase_tax_of_a_rate_is_taken(self):
        self.book(lines=[(100, "0.055")])
        self.assertEqual(self.mapping("tax").tax_id.name, "5.5% G")

    def test_a_foreign_rate_is_named_but_never_mapped_by_itself(self):
        purchase = self.add_purchase(supplier_name="Harrow Ltd", vat="", territory="GB")
        document = self.book(purchase=purchase, lines=[(100, "0.2")])
        self.assertEqual(document.reason, "unmapped_tax")
        self.assertIn("“Normal 20 % (GB)”", document.message)

    def test_a_self_assessed_tax_makes_no_wrong_bill(self):
        self.server.behaviour.denied = {"rates": 403}
        document = self.book(lines=[(100, "0.2")])
        self.mapping("tax").tax_id = self.env["account.tax"].search(
            [("name", "=", "20% EU S"), ("type_tax_use", "=", "purchase")]
        )
        self.sync()
        self.assertFalse(document.move_id)
        self.assertEqual((document.state, document.reason), ("blocked", "total_mismatch"))
        self.assertIn("100.00\xa0€ instead of Lucca's 120.00\xa0€", document.message)

    def test_documents_wait_for_a_mapped_tax_that_was_archived(self):
        self.book(lines=[(100, "0.2")])
        self.tax_20.active = False
        document = self.book(lines=[(100, "0.2")])
        self.assertEqual((document.state, document.reason), ("blocked", "unmapped_tax"))
        self.assertIn("The tax “20% S” of the VAT rate “Normal 20 %” is archived", document.message)
        self.tax_20.active = True
        document.action_retry()
        self.sync()
        self.assertEqual(document.move_id.invoice_line_ids.tax_ids, self.tax_20)

    def test_the_scope_of_a_nature_decides_for_its_purchases(self):
        purchase = self.add_purchase(nature="Fournitures")
        self.book(purchase=purchase)
        self.mapping("nature").tax_scope = "consu"
        goods = self.book(purchase=purchase, lines=[(100, "0.2")]).move_id
        self.assertEqual(goods.invoice_line_ids.tax_ids.name, "20% G")
        others = self.book(
            purchase=self.add_purchase(nature="Conseil"), lines=[(100, "0.2")]
        ).move_id
        self.assertEqual(others.invoice_line_ids.tax_ids, self.tax_20)
        self.assertIn("VAT: Normal 20 % is 20% G", self.note(goods))

    def test_a_document_that_waits_for_a_tax_is_booked_when_its_nature_gets_a_scope(self):
        self.tax_20.copy({"name": "20% other"})
        document = self.book(purchase=self.add_purchase(nature="Machines"), lines=[(100, "0.2")])
        self.assertEqual(document.reason, "unmapped_tax")
        self.mapping("nature").tax_scope = "invest"
        self.assertEqual(document.state, "pending")
        self.sync()
        self.assertEqual(document.move_id.invoice_line_ids.tax_ids.name, "20% R E")

    def test_the_note_names_the_tax_on_the_bill(self):
        partner = self.book(lines=[(100, "0.2")]).move_id.partner_id
        position = self.env["account.fiscal.position"].create({"name": "Special"})
        self.tax_20.copy(
            {
                "name": "In place",
                "original_tax_ids": [Command.set(self.tax_20.ids)],
                "fiscal_position_ids": [Command.set(position.ids)],
            }
        )
        partner.property_account_position_id = position
        note = self.note(self.book(lines=[(100, "0.2")]).move_id)
        self.assertIn("VAT: Normal 20 % is In place", note)

    def test_the_usual_scope_maps_the_rates_that_no_person_mapped(self):
        self.book(lines=[(100, "0.2"), (50, "0.1")])
        mapped = {one.percentage: one for one in self.mapping("tax")}
        chosen = self.purchase_tax("10% G").copy({"name": "10% ours"})
        mapped[0.1].tax_id = chosen
        self.connection.tax_scope = "consu"
        self.assertEqual(mapped[0.2].tax_id.name, "20% G")
        self.assertEqual(mapped[0.1].tax_id, chosen)

    def test_a_document_with_two_fitting_taxes_waits(self):
        self.env["account.tax"].search([("name", "=", "10% G")]).copy({"name": "10% other"})
        document = self.book(lines=[(100, "0.1")])
        self.assertEqual((document.state, document.reason), ("blocked", "unmapped_tax"))
        self.assertIn("“Intermédiaire 10 %” (VAT of 10.00\xa0€)", document.message)

    def test_choosing_the_tax_books_the_documents_that_waited_for_it(self):
        self.env["account.tax"].search([("name", "=", "10% G")]).copy({"name": "10% other"})
        document = self.book(lines=[(100, "0.1")])
        tax = self.env["account.tax"].search([("name", "=", "10% other")])
        self.mapping("tax").tax_id = tax
        self.sync()
        self.assertEqual(document.move_id.invoice_line_ids.tax_ids, tax)

    def test_rates_that_may_not_be_read_are_mapped_by_a_person(self):
        self.server.behaviour.denied = {"rates": 403}
        document = self.book(lines=[(100, "0.1")])
        self.assertEqual(document.reason, "unmapped_tax")
        self.mapping("tax").tax_id = self.env["account.tax"].search([("name", "=", "10% G")])
        self.sync()
        self.assertEqual(document.move_id.amount_total, 110)

    def test_a_mapping_whose_record_is_deleted_is_to_map_again(self):
        self.book(purchase=self.add_purchase(cost_center="Siège"))
        plan = self.env["account.analytic.plan"].create({"name": "Places"})
        place = self.env["account.analytic.account"].create({"name": "Siège", "plan_id": plan.id})
        for kind, name, record in (
            ("cost_center", "analytic_account_id", place),
            ("tax", "tax_id", self.tax_20.copy({"name": "20% copy"})),
        ):
            mapping = self.mapping(kind)
            mapping[name] = record
            self.assertTrue(mapping.is_mapped)
            record.unlink()
            self.assertFalse(mapping.is_mapped, kind)
            self.assertFalse(mapping.target_name, kind)

    def test_a_failure_to_read_rates_stops_only_documents_with_an_unknown_rate(self):
        self.book(lines=[(100, "0.2")])
        self.server.faults.fail(500, times=None, path="rates")
        known = self.tenant.add_invoice(lines=[(100, "0.2")], date="2026-01-31")
        unknown = self.tenant.add_invoice(lines=[(100, "0.1")], date="2026-01-31")
        self.sync()
        self.assertBilled(known)
        self.assertEqual(self.document(unknown).state, "failed")

    def test_a_rate_that_changed_takes_the_tax_of_its_time(self):
        self.former_rate(date(2014, 12, 31), 0.196)
        old = self.tax_20.copy({"name": "19.6% old", "amount": 19.6})
        self.assertEqual(self.book(lines=[(100, "0.2")]).move_id.amount_tax, 20)
        move = self.book(excluding=1000, taxes=[("0.2", 196)], date="2013-05-06").move_id
        self.assertEqual(move.invoice_line_ids.mapped("price_subtotal"), [1000])
        self.assertEqual(move.invoice_line_ids.tax_ids, old)
        self.assertEqual(self.mapping("tax").tax_id, self.tax_20)

    def test_a_document_without_a_tax_of_its_time_waits(self):
        self.former_rate(date(2014, 12, 31), 0.196)
        self.book(lines=[(100, "0.2")])
        document = self.book(excluding=1000, taxes=[("0.2", 196)], date="2013-05-06")
        self.assertEqual(document.reason, "unmapped_tax")
        self.assertIn("19.6 % at the time", document.message)

    def test_a_rate_that_rises_is_mapped_again(self):
        self.former_rate(date(2026, 1, 31), 0.1)
        self.book(excluding=100, taxes=[("0.2", 10)], date="2026-01-31")
        move = self.book(excluding=100, taxes=[("0.2", 20)], date="2026-02-01").move_id
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax_20)
        self.assertEqual(self.mapping("tax").name, "Normal 20 %")

    def former_rate(self, last, percentage):
        self.tenant.former_rates[45] = (last, percentage)

    def test_the_rates_of_a_month_are_asked_for_once(self):
        for day in (3, 9, 30):
            self.book(lines=[(100, "0.2")], date=f"2026-04-{day:02d}")
        asked = [request for request in self.server.requests if "rates" in request.path]
        self.assertEqual(len(asked), 1)

    def test_choosing_a_tax_makes_no_request_per_document(self):
        self.server.behaviour.denied = {"rates": 403}
        purchase = self.add_purchase()
        for _document in range(10):
            self.tenant.add_invoice(purchase=purchase, lines=[(100, "0.2")])
        self.sync()
        self.server.requests.clear()
        self.mapping("tax").tax_id = self.tax_20
        self.sync()
        self.assertEqual(set(self.documents().mapped("state")), {"imported"})
        asked = [request.path for request in self.server.requests if "/files/" not in request.path]
        self.assertLess(len(asked), 6, asked)

    def test_the_database_refuses_a_mapping_twice(self):
        values = {"connection_id": self.connection.id, "kind": "tax", "lucca_id": 45}
        self.env["lucca.mapping"].create(values)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env["lucca.mapping"].create(values)


class TestExactlyOnce(LuccaCase):
    def assertRefused(self, **values):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env["lucca.document"].create(values)

    def test_the_database_refuses_a_document_twice(self):
        document = self.book()
        self.assertRefused(
            connection_id=self.connection.id,
            lucca_type=document.lucca_type,
            lucca_id=document.lucca_id,
        )

    def test_the_database_refuses_two_documents_for_a_bill(self):
        document = self.book()
        self.assertRefused(
            connection_id=self.connection.id,
            lucca_type="Invoice",
            lucca_id=document.lucca_id + 1,
            move_id=document.move_id.id,
        )
