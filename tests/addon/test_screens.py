"""Screens say and offer what people need, as far as this can be tested without a browser."""

from lxml import etree
from odoo import fields
from odoo.exceptions import UserError
from odoo.tools.safe_eval import safe_eval

from tests.addon.common import LuccaCase
from tests.books import user_of


class TestConnectionState(LuccaCase):
    def test_the_connections_state_is_one_line(self):
        self.connection.supplier_policy = "match"
        self.book()
        self.assertEqual(
            self.connection.summary, "The only approved document is known. 1 needs attention."
        )
        self.assertEqual(self.connection.health, "person")

    def test_a_new_connection_says_that_it_is_new(self):
        self.assertEqual(self.connection.health, "new")
        self.assertEqual(self.connection.summary, "No document is listed yet.")

    def test_a_healthy_connection_says_so(self):
        self.book()
        self.assertEqual(self.connection.health, "ok")
        self.assertEqual(self.connection.booked_count, 1)

    def test_a_connection_without_success_for_long_says_so(self):
        self.book()
        self.connection.last_success_at = "2026-01-01 00:00:00"
        self.assertEqual(self.connection.health, "late")

    def test_a_stopped_connection_says_so(self):
        self.connection.api_key = "wrong"
        self.sync()
        self.assertEqual(self.connection.health, "error")

    def test_references_to_map_are_counted(self):
        self.connection.supplier_policy = "match"
        self.book()
        self.assertEqual(self.connection.unmapped_count, 1, "the supplier, not the cost centre")
        domain = self.connection.action_open_unmapped()["domain"]
        needed = self.env["lucca.mapping"].search([*domain, ("is_needed", "=", True)])
        self.assertEqual(needed.kind, "supplier")

    def test_the_schedule_is_changed_on_the_connection(self):
        self.connection.write({"sync_interval": 2, "sync_interval_type": "hours"})
        cron = self.connection.cron_id
        self.assertEqual((cron.interval_number, cron.interval_type), (2, "hours"))

    def test_billing_users_see_the_schedule(self):
        connection = self.connection.with_user(user_of(self.env, "account.group_account_invoice"))
        self.assertEqual(connection.sync_interval, 30)
        self.assertTrue(connection.next_sync_at)


class TestReferenceLists(LuccaCase):
    def columns(self, name, kind):
        """Return the nodes of a field that the list of a kind of references shows."""
        view = self.env.ref("lucca_invoices_sync.lucca_mapping_view_list")
        arch = self.env["lucca.mapping"].get_view(view.id, "list")["arch"]
        context = {"context": {"lucca_kind": kind} if kind else {}}
        return [
            node
            for node in etree.fromstring(arch).xpath(f"field[@name='{name}']")
            if not safe_eval(node.get("column_invisible", "False"), context)
        ]

    def test_only_cost_centres_and_sections_have_a_column_for_a_code(self):
        for kind in ("nature", "analytic", "tax", "supplier", "establishment", ""):
            with self.subTest(kind):
                self.assertEqual(len(self.columns("code", kind)), kind in ("analytic", ""))

    def test_each_list_has_one_column_for_the_name(self):
        for kind in ("nature", "analytic", "tax", "supplier", "establishment", ""):
            with self.subTest(kind):
                (name,) = self.columns("name", kind)
                self.assertEqual(bool(name.get("width")), kind == "nature", "room beside accounts")


class TestAccounts(LuccaCase):
    def test_no_screen_offers_to_create_an_account(self):
        views = self.env["ir.ui.view"].search([("model", "=like", "lucca.%")])
        found = 0
        for view in views:
            fields_of = self.env[view.model]._fields
            for node in etree.fromstring(view.arch).iter("field"):
                field = fields_of.get(node.get("name"))
                if not field or field.comodel_name != "account.account" or field.readonly:
                    continue
                found += 1
                with self.subTest(view=view.name, field=field.name):
                    options = safe_eval(node.get("options", "{}"))
                    self.assertTrue(options.get("no_create"))
        self.assertGreater(found, 4)


class TestJournal(LuccaCase):
    def test_the_card_of_the_purchase_journal_shows_what_needs_attention(self):
        self.connection.supplier_policy = "match"
        self.book()
        journal = self.connection.journal_id
        data = journal._get_journal_dashboard_data_batched()[journal.id]
        self.assertEqual(data["lucca"], {"attention": 1, "is_stopped": False})
        self.assertIn(
            self.documents().id,
            self.env["lucca.document"].search(journal.action_lucca_attention()["domain"]).ids,
        )

    def test_the_card_starts_the_synchronisation(self):
        started = self.connection.journal_id.action_lucca_sync_now()
        self.assertEqual(started["params"]["connections"][0]["id"], self.connection.id)

    def test_other_journals_show_nothing(self):
        journal = self.env["account.journal"].search([("type", "=", "sale")], limit=1)
        data = journal._get_journal_dashboard_data_batched()[journal.id]
        self.assertNotIn("lucca", data)


class TestDocument(LuccaCase):
    def test_a_documents_amounts_are_shown_as_in_lucca(self):
        paper = self.book(lines=[("100", "0.2")], currency="EUR").paper
        for words in ("100.00", "20.00", "120.00"):
            self.assertIn(words, paper)

    def test_the_list_shows_in_a_word_why_a_document_needs_attention(self):
        self.connection.supplier_policy = "match"
        self.assertEqual(self.book().situation, "Unknown supplier")

    def test_the_list_shows_the_result_of_a_document(self):
        document = self.book()
        self.assertEqual(document.situation, "Bill Created")
        document.is_changed = True
        self.assertEqual(document.situation, "Changed in Lucca")

    def test_unreadable_values_are_not_shown(self):
        document = self.book(documentDate="someday")
        self.assertEqual((document.reason, document.paper), ("invalid_document", False))

    def test_luccas_states_have_labels(self):
        document = self.book(paymentState="ToPay")
        self.assertEqual(
            (document.payment_words, document.conformity_words), ("To Pay", "Approved")
        )

    def test_an_unknown_state_of_lucca_is_shown_as_it_is(self):
        self.assertEqual(self.book(paymentState="Bartered").payment_words, "Bartered")

    def test_a_document_leads_to_the_only_reference_it_waits_for(self):
        self.connection.supplier_policy = "match"
        document = self.book()
        action = document.action_open_mappings()
        self.assertEqual((action["res_id"], action["target"]), (self.mapping("supplier").id, "new"))

    def test_a_document_is_ignored_with_a_reason(self):
        self.connection.supplier_policy = "match"
        document = self.book()
        wizard = self.env["lucca.document.ignore"].with_context(active_ids=document.ids)
        wizard.create({"reason": "paid in cash"}).action_apply()
        self.assertEqual(document.state, "ignored")
        self.assertTrue(document.message.endswith(": paid in cash"))

    def test_a_billing_user_ignores_with_a_reason(self):
        self.connection.supplier_policy = "match"
        document = self.book()
        user = user_of(self.env, "account.group_account_invoice")
        wizard = self.env["lucca.document.ignore"].with_user(user)
        wizard.with_context(active_ids=document.ids).create({"reason": "x"}).action_apply()
        self.assertEqual(document.state, "ignored")

    def test_a_document_has_its_nature_cost_centre_and_amount(self):
        purchase = self.add_purchase(nature="Fournitures", cost_center="Siège")
        document = self.book(purchase=purchase, lines=[("100", "0.2")])
        self.assertEqual(document.nature_id.name, "Fournitures")
        self.assertEqual(document.cost_center_id.name, "Siège")
        self.assertEqual(document.amount_company, 100)

    def test_a_refund_counts_as_negative(self):
        document = self.book("credit_note", lines=[("100", "0.2")])
        self.assertEqual(document.amount_company, -100)

    def test_a_document_has_the_hours_until_it_was_in_odoo(self):
        document = self.book()
        document.lucca_modified_at = "2026-01-01 10:00:00"
        document.imported_at = "2026-01-01 13:30:00"
        self.assertEqual(document.hours_to_odoo, 3.5)


class TestBill(LuccaCase):
    def test_the_bills_note_tells_the_decisions(self):
        note = self.note(self.book().move_id)
        self.assertIn("Supplier: Papeterie Moreau (created automatically)", note)
        self.assertIn("VAT: Normal 20 % is 20% S", note)
        self.assertIn("The totals and each VAT amount were checked: they are Lucca's.", note)

    def test_the_bills_note_tells_how_the_supplier_was_recognised(self):
        self.env["res.partner"].create(
            {"name": "Moreau", "vat": "FR23334175221", "is_company": True}
        )
        note = self.note(self.book().move_id)
        self.assertIn("Supplier: Moreau (by VAT number)", note)

    def test_the_bills_note_in_french_keeps_the_letters_of_an_acronym(self):
        self.env["res.partner"].create(
            {"name": "Moreau", "vat": "FR23334175221", "is_company": True}
        )
        billing = "account.group_account_invoice"
        self.connection.responsible_id = user_of(self.env, billing, self.company, lang="fr_FR")
        notes = "".join(self.book().move_id.message_ids.mapped("body"))
        self.assertIn("Moreau (par le numéro de TVA)", notes)

    def test_the_bills_note_tells_that_a_person_chose(self):
        self.connection.supplier_policy = "match"
        document = self.book()
        partner = self.env["res.partner"].create({"name": "Chosen"})
        self.mapping("supplier").partner_id = partner
        self.sync()
        self.assertIn("(chosen by a person)", self.note(document.move_id))

    def test_a_bill_links_to_lucca(self):
        action = self.book().move_id.action_lucca_open()
        self.assertEqual(action["url"], f"{self.server.url}/cleemy-procurement")

    def test_bills_are_found_by_their_document(self):
        document = self.book(number="F-99")
        found = self.env["account.move"].search([("lucca_document_ids", "ilike", "F-99")])
        self.assertEqual(found, document.move_id)


class TestMappingLists(LuccaCase):
    def test_an_accounting_manager_imports_mappings(self):
        account = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        manager = user_of(self.env, "account.group_account_manager")
        mappings = self.env["lucca.mapping"].with_user(manager)
        header = ["kind", "lucca_id", "name", "account_id"]
        result = mappings.load(header, [["nature", "7", "Fournitures", account.display_name]])
        self.assertFalse(result["messages"])
        self.assertEqual(self.mapping("nature").account_id, account)
        purchase = self.add_purchase(nature={"id": 7, "name": "Fournitures"})
        line = self.book(purchase=purchase, lines=[("100", "0.2")]).move_id.invoice_line_ids
        self.assertEqual(line.account_id, account)

    def test_lists_of_mappings_are_exported_with_their_targets(self):
        self.book()
        rows = self.mapping("tax").export_data(["lucca_id", "name", "tax_id/name"])["datas"]
        self.assertEqual([row[2] for row in rows], ["20% S"])


class TestUse(LuccaCase):
    def test_the_documents_that_use_a_mapping_are_counted(self):
        self.book()
        self.assertEqual(self.mapping("supplier").document_count, 1)

    def test_a_mapping_leads_to_the_documents_that_use_it(self):
        document = self.book()
        action = self.mapping("supplier").action_open_documents()
        self.assertEqual(self.env["lucca.document"].search(action["domain"]), document)

    def test_documents_that_wait_for_a_mapping_are_counted_until_it_is_mapped(self):
        self.connection.supplier_policy = "match"
        purchase = self.add_purchase()
        for _number in range(2):
            self.tenant.add_invoice(purchase=purchase)
        self.sync()
        supplier = self.mapping("supplier")
        self.assertEqual((supplier.waiting_count, self.mapping("tax").waiting_count), (2, 0))
        supplier.partner_id = self.env["res.partner"].create({"name": "Chosen"})
        self.env.invalidate_all()
        self.assertEqual(supplier.waiting_count, 0)


class TestWhatNeedsAttention(LuccaCase):
    def assertByReason(self, action):
        context = safe_eval(str(action["context"]))
        self.assertEqual(context, {"search_default_attention": 1, "search_default_by_reason": 1})

    def test_each_link_opens_the_documents_grouped_by_reason(self):
        name = "lucca_invoices_sync.lucca_document_action"
        self.assertByReason(self.env["ir.actions.act_window"]._for_xml_id(name))
        self.assertByReason(self.connection.action_open_attention())
        self.assertByReason(self.connection.journal_id.action_lucca_attention())

    def test_titles_are_those_of_the_menus(self):
        menus = self.env["ir.model.data"].search(
            [("module", "=", "lucca_invoices_sync"), ("model", "=", "ir.ui.menu")]
        )
        leading = self.env["ir.ui.menu"].browse(menus.mapped("res_id")).filtered("action")
        self.assertTrue(leading)
        for menu in leading:
            self.assertEqual(menu.name, menu.action.name)


class TestDigest(LuccaCase):
    def test_the_digest_counts_new_documents(self):
        document = self.book()
        document.imported_at = "2026-01-10 10:00:00"
        digest = self.env["digest.digest"].create({"name": "x", "kpi_lucca_documents": True})
        day = fields.Datetime.to_datetime("2026-01-10")
        digest = digest.with_context(
            start_datetime=day, end_datetime=fields.Datetime.add(day, days=1)
        )
        self.assertEqual(digest.kpi_lucca_documents_value, 1)
        document.move_id.button_cancel()
        digest.invalidate_recordset()
        self.assertEqual(digest.kpi_lucca_documents_value, 0)

    def test_a_new_database_has_the_figures_in_its_digest(self):
        self.assertTrue(self.env.ref("digest.digest_digest_default").kpi_lucca_documents)


class TestNotConnected(LuccaCase):
    def test_a_billing_user_is_sent_to_the_administrator(self):
        self.connection.unlink()
        user = user_of(self.env, "account.group_account_invoice")
        with self.assertRaisesRegex(UserError, "ask your administrator"):
            self.env["account.move"].with_user(user).action_lucca_sync_now()
