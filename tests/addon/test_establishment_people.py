"""People who only see an establishment's company: their bills come through another company's connection."""

from odoo.addons.lucca_invoices_sync.models.sync import progress
from odoo.exceptions import AccessError, UserError

from tests.addon.common import LuccaCase
from tests.books import swiss_company, user_of

BILLING = "account.group_account_invoice"
MANAGER = "account.group_account_manager"
AUDITOR = "account.group_account_readonly"


class PeopleCase(LuccaCase):
    def prepare(self):
        self.swiss = swiss_company(self.env)
        self.user = user_of(self.env, BILLING, self.swiss)
        super().prepare()
        self.connection.asks_for_company = True
        self.geneva = self.add_purchase(establishment="Genève", nature="Livres")
        self.book(purchase=self.geneva, lines=[(100, None)])
        self.mapping("establishment").target_company_id = self.swiss
        self.sync()
        self.booked = self.documents().ensure_one()
        self.bill = self.booked.move_id
        self.assertEqual(self.bill.company_id, self.swiss)

    def waiting(self, **values):
        """Return a document of their company that waits for a tax."""
        self.server.behaviour.denied = {"rates": 403}
        document = self.book(purchase=self.geneva, lines=[(100, "0.2")], **values)
        self.assertEqual((document.reason, document.company_id), ("unmapped_tax", self.swiss))
        return document

    def theirs(self, record, user=None):
        """Return a record as one of these users, with an empty cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_env(self.env(user=user or self.user, context={}))

    def see(self, record, view_type="form"):
        """Read all that a screen shows of a record."""
        model = record.browse()
        shown = model.get_view(view_type=view_type)["models"][record._name]
        names = model.fields_get(shown)
        specification = {name: {} for name in names}
        for name in names:
            if record._fields[name].type == "many2one":
                specification[name] = {"fields": {"display_name": {}}}
        return record.web_read(specification)[0]


class TestPeople(PeopleCase):
    """All tests are one class, since each class creates the second company."""

    # --- documents --------------------------------------------------------------------------------

    def test_establishment_users_see_their_documents_and_bills(self):
        for record in (self.booked, self.waiting()):
            shown = self.see(self.theirs(record))
            self.assertEqual(shown["connection_id"]["display_name"], self.connection.name)
        self.assertTrue(self.see(self.theirs(self.bill))["lucca_document_id"])
        self.assertTrue(self.see(self.theirs(self.booked), "list"))

    def test_establishment_users_are_not_led_to_the_connection(self):
        self.assertFalse(self.theirs(self.booked).can_open_connection)
        home = self.book(purchase=self.add_purchase(establishment=None), lines=[(10, None)])
        own = user_of(self.env, BILLING)
        self.assertTrue(self.theirs(home, own).can_open_connection)

    def test_establishment_users_group_their_documents(self):
        documents = self.theirs(self.env["lucca.document"])
        for field in ("connection_id", "nature_id", "cost_center_id", "state"):
            self.assertTrue(documents.formatted_read_group([], [field], ["__count"]))

    def test_establishment_users_open_lucca(self):
        url = f"{self.server.url}/cleemy-procurement"
        for user in (self.user, user_of(self.env, AUDITOR, self.swiss)):
            for action in (
                self.theirs(self.booked, user).action_open_lucca(),
                self.theirs(self.bill, user).action_lucca_open(),
            ):
                self.assertEqual(action["url"], url)
        self.assertIn(url, self.theirs(self.booked)._lucca_link("Words"))

    def test_lucca_is_opened_also_at_a_host_that_may_no_longer_get_the_key(self):
        set_param = self.env["ir.config_parameter"].set_param
        set_param("lucca_invoices_sync.extra_hosts", "proxy.example.com")
        connection = self.connect(host="proxy.example.com", name="By a proxy")
        self.booked.connection_id = connection
        set_param("lucca_invoices_sync.extra_hosts", "")
        url = "https://proxy.example.com/cleemy-procurement"
        self.assertEqual(self.booked.action_open_lucca()["url"], url)

    def test_users_who_do_not_see_a_document_cannot_open_lucca_from_it(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(AccessError):
            self.theirs(self.booked, user_of(self.env, BILLING, elsewhere)).action_open_lucca()

    def test_establishment_users_retry_a_document(self):
        document = self.waiting()
        self.theirs(document).action_retry()
        self.assertEqual(document.state, "pending")

    def test_establishment_users_ignore_a_document(self):
        document = self.waiting()
        wizards = self.theirs(self.env["lucca.document.ignore"])
        wizards.with_context(active_ids=document.ids).create({"reason": "x"}).action_apply()
        self.assertEqual(document.state, "ignored")

    def test_establishment_users_book_a_document_anyway(self):
        document = self.waiting()
        document.may_be_accepted = True
        self.theirs(document).action_book_anyway()
        self.assertEqual(document.state, "pending")

    def test_establishment_users_link_a_bill(self):
        document = self.waiting()
        typed = self.bill.copy({"ref": "typed"})
        document.write({"reason": "duplicate_bill", "duplicate_move_id": typed.id})
        self.assertTrue(self.theirs(document).can_be_linked)
        self.theirs(document).action_link_bill()
        self.assertEqual(document.move_id, typed)

    def test_establishment_users_are_not_offered_a_bill_of_another_company(self):
        document = self.waiting()
        typed = self.book(
            purchase=self.add_purchase(establishment=None), lines=[(10, None)]
        ).move_id.copy()
        document.write({"reason": "duplicate_bill", "duplicate_move_id": typed.id})
        self.assertTrue(document.can_be_linked and document.can_open_duplicate)
        shown = self.theirs(document)
        self.assertFalse(shown.can_be_linked or shown.can_open_duplicate)
        with self.assertRaises(UserError):
            shown.action_link_bill()

    def test_establishment_users_press_seen(self):
        self.booked.is_changed = True
        self.theirs(self.bill).action_lucca_seen()
        self.assertFalse(self.booked.is_changed)

    def test_establishment_users_have_files_fetched(self):
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(purchase=self.geneva, lines=[(10, None)], files=["a.pdf"])
        started = self.theirs(document.move_id).action_lucca_fetch_files()
        self.assertEqual(started["params"]["connections"][0]["id"], self.connection.id)

    def test_establishment_users_delete_a_bill(self):
        self.theirs(self.bill).unlink()
        self.assertEqual(self.booked.state, "ignored")

    def test_their_manager_maps_a_reference(self):
        document = self.waiting()
        manager = user_of(self.env, MANAGER, self.swiss)
        mapping = self.theirs(self.mapping("tax"), manager)
        self.see(mapping)
        mapping.tax_id = self.theirs(self.env["account.tax"], manager).search(
            [("type_tax_use", "=", "purchase"), ("amount", "=", 20)], limit=1
        )
        self.assertEqual(document.state, "pending")

    # --- synchronising ----------------------------------------------------------------------------

    def start(self):
        return self.theirs(self.env["account.move"]).action_lucca_sync_now()

    def test_establishment_users_start_the_connection_that_brings_their_bills(self):
        before = self.triggers()
        started = self.start()
        self.assertGreater(self.triggers(), before)
        names = [{"id": self.connection.id, "name": self.connection.name}]
        self.assertEqual(started["params"]["connections"], names)

    def test_a_journal_that_names_their_company_lets_users_start_before_the_first_bill(self):
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.swiss.id), ("type", "=", "purchase")], limit=1
        )
        self.mapping("establishment").write(
            {"target_company_id": False, "target_journal_id": journal.id}
        )
        self.assertTrue(self.start())

    def test_establishment_users_have_a_full_check_made_from_their_audit_trail(self):
        trail = self.theirs(self.env["lucca.audit.trail"]).create({"company_id": self.swiss.id})
        started = trail.action_full_check()
        self.assertEqual(started["params"]["connections"][0]["id"], self.connection.id)
        self.assertTrue(self.connection.audit_asked_at)

    def test_an_auditor_starts_no_synchronisation(self):
        auditor = user_of(self.env, AUDITOR, self.swiss)
        journal = self.bill.journal_id
        for record in (self.env["account.move"], journal):
            with self.assertRaises(AccessError):
                self.theirs(record, auditor).action_lucca_sync_now()

    def test_a_company_without_any_connection_is_told_so(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        user = user_of(self.env, BILLING, elsewhere)
        with self.assertRaisesRegex(UserError, "No Lucca account is connected"):
            self.theirs(self.env["account.move"], user).action_lucca_sync_now()

    def test_establishment_users_do_not_see_the_connection(self):
        connection = self.theirs(self.connection)
        self.assertFalse(connection.search([]))
        for act in (
            connection.action_sync_now,
            connection.action_full_check,
            lambda: connection.read(["host"]),
        ):
            with self.assertRaises(AccessError):
                act()

    def result(self):
        """Return what these users are told at the end of a synchronisation that they started."""
        self.start()
        self.env["lucca.sync.watch"].search([]).since = "2026-01-01"
        sent = []
        self.patch(
            type(self.env["res.users"]), "_bus_send", lambda user, kind, what: sent.append(what)
        )
        progress.tell_end(self.connection)
        return sent[-1]

    def test_the_end_tells_establishment_users_of_their_own_documents(self):
        self.book(purchase=self.add_purchase(establishment=None))
        result = self.result()
        self.assertTrue(result["message"].startswith("One new bill."), result["message"])
        (way,) = result["ways"]
        self.assertEqual(way["action"]["domain"], [("id", "in", self.bill.ids)])

    def test_the_end_does_not_tell_of_other_documents_of_the_account(self):
        self.booked.imported_at = "2020-01-01"
        self.booked.file_ids.unlink()
        self.assertEqual(self.result()["message"], "Nothing new.")

    def test_an_error_is_told_without_a_way_to_the_connection(self):
        self.connection.last_error = "Something about acme."
        result = self.result()
        self.assertNotIn("acme", result["message"])
        self.assertEqual(result["ways"], [])

    def test_establishment_users_are_not_told_how_many_documents_the_account_has(self):
        self.start()
        sent = []
        self.patch(
            type(self.env["res.users"]), "_bus_send", lambda user, kind, what: sent.append(what)
        )
        progress.Progress(self.connection).tell("lucca.sync.book")
        self.assertEqual([one["left"] for one in sent], [None])

    # --- the journal's card -----------------------------------------------------------------------

    def card(self, journal, user=None):
        return self.theirs(journal, user)._get_journal_dashboard_data_batched()[journal.id]

    def test_the_journal_of_their_bills_shows_what_needs_attention(self):
        document = self.waiting()
        self.connection.supplier_policy = "match"
        self.book(purchase=self.add_purchase(establishment=None, supplier_name="N", vat=None))
        card = self.card(self.bill.journal_id)
        self.assertEqual(card["lucca"], {"attention": 1, "is_stopped": False})
        journal = self.theirs(self.bill.journal_id)
        domain = journal.action_lucca_attention()["domain"]
        found = self.theirs(self.env["lucca.document"]).search(domain)
        self.assertEqual(found & found.browse(document.id), found.browse(document.id))

    def test_the_journals_card_starts_the_connection(self):
        started = self.theirs(self.bill.journal_id).action_lucca_sync_now()
        self.assertEqual(started["params"]["connections"][0]["id"], self.connection.id)

    def test_each_companys_card_counts_its_own_documents(self):
        self.waiting()
        own = self.card(self.connection.journal_id, self.env.ref("base.user_admin"))
        self.assertEqual(own["lucca"]["attention"], 0)

    def test_their_other_journals_show_nothing(self):
        other = self.bill.journal_id.copy()
        self.assertNotIn("lucca", self.card(other))
        with self.assertRaisesRegex(UserError, "No Lucca account"):
            self.theirs(other).action_lucca_sync_now()
