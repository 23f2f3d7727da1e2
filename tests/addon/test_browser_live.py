"""Screens show what happened without a reload, while the scheduler works."""

from functools import wraps

from odoo.addons.lucca_invoices_sync.models.sync import progress

from tests.addon.live import scheduler_at_work
from tests.addon.tours import AUDITOR, BILLING, DOCUMENTS, MANAGER, DocumentTours
from tests.books import user_of

BILLS = "/odoo/vendor-bills"
DASHBOARD = "/odoo/action-account.open_account_journal_dashboard_kanban"
SYSTEM = "base.group_system"


class LiveTours(DocumentTours):
    def add(self, number, **values):
        return super().add(number, **{"files": (), **values})

    def document(self, number):
        return self.env["lucca.document"].search([("number", "=", number)])

    def user(self, group, lang):
        if lang != "en_US":
            self.env["res.lang"]._activate_lang(lang)
            modules = self.env["ir.module.module"].search([("name", "=", "lucca_invoices_sync")])
            modules._update_translations([lang])
        user = user_of(self.env, group, password="tour-of-life", lang=lang)
        user.group_ids |= self.env.ref("base.group_user")
        return user

    def when_read(self, name, method):
        """Make somebody else synchronise after a browser has read a model for its screen.

        :return: a list that gets an item each time when the model is read
        """
        model, cron_id, reads = self.registry[name], self.connection.cron_id.id, []
        read = getattr(model, method)

        @wraps(read)
        def reading(this, *args, **kwargs):
            answer = read(this, *args, **kwargs)
            reads.append(this)
            if len(reads) == 1:
                this.env["ir.cron"].sudo().browse(cron_id)._trigger()
            return answer

        reading._readonly = False  # The method now writes a trigger.
        self.patch(model, method, reading)
        return reads

    def walk(self, tour, group, url=DOCUMENTS, lang="en_US"):
        user = self.user(group, lang)
        self.env["ir.cron.trigger"].search([]).unlink()
        self.env["bus.bus"].search([]).unlink()  # They are older than the screen.
        with scheduler_at_work(self.registry, self.connection.cron_id.ids):
            self.start_tour(url, tour, login=user.login)
        self.env.invalidate_all()


class OnTheDesk(LiveTours):
    browser_size = "1400x900"

    def test_a_document_that_is_retried_and_then_booked_changes_on_the_screen(self):
        self.add("F-VAT", excluding=100, taxes=[("0.2", 10)], lines=None)
        self.sync()
        self.walk("lucca_live_document", BILLING)
        self.assertEqual(self.document("F-VAT").state, "imported")

    def test_new_bills_appear_in_the_list_and_its_pager(self):
        self.add("F-1")
        self.sync()
        for number in ("F-2", "F-3"):
            self.add(number)
        self.walk("lucca_live_bills", MANAGER, BILLS, lang="fr_FR")

    def test_an_auditor_sees_the_figures_change_when_somebody_else_synchronises(self):
        self.add("F-1")
        self.sync()
        self.add("F-2")
        self.when_read("lucca.connection", "web_read")
        url = f"/odoo/lucca-connections/{self.connection.id}"
        self.walk("lucca_live_figures", AUDITOR, url, lang="fr_FR")

    def test_the_dashboards_card_counts_what_somebody_elses_synchronisation_brought(self):
        self.add("F-VAT", excluding=100, taxes=[("0.2", 10)], lines=None)
        self.when_read("account.journal", "web_search_read")
        self.walk("lucca_live_dashboard", BILLING, DASHBOARD, lang="fr_FR")

    def test_the_dashboard_is_read_again_only_at_the_end_of_a_synchronisation(self):
        self.add("F-VAT", excluding=100, taxes=[("0.2", 10)], lines=None)
        self.patch(progress, "LOOK_PAUSE", 0)
        reads = self.when_read("account.journal", "web_search_read")
        self.walk("lucca_live_dashboard_rests", BILLING, DASHBOARD)
        self.assertEqual(len(reads), 2)

    def test_a_form_that_is_edited_is_left_alone_until_the_edit_ends(self):
        self.add("F-1")
        self.sync()
        self.add("F-2")
        self.walk("lucca_live_edit", SYSTEM, f"/odoo/lucca-connections/{self.connection.id}")

    def test_the_pdf_of_a_waiting_document_appears_beside_it(self):
        self.add("F-VAT", excluding=100, taxes=[("0.2", 10)], lines=None, files=["facture.pdf"])
        self.sync()
        self.walk("lucca_live_preview", BILLING, lang="fr_FR")
        self.assertEqual(self.document("F-VAT").state, "blocked")

    def test_a_whole_group_is_booked_with_two_clicks(self):
        for number in ("F-1", "F-2"):
            self.add(number, excluding=100, taxes=[("0.2", 10)], lines=None)
        self.add("F-3", documentDate="someday")
        self.sync()
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Groups",
                "res_model": "lucca.document",
                "domain": [("state", "=", "blocked")],
                "context": {"group_by": ["reason"]},
            }
        )
        self.walk("lucca_live_group", MANAGER, f"/odoo/action-{action.id}")
        documents = self.document("F-1") | self.document("F-2")
        self.assertEqual(set(documents.mapped("state")), {"imported"})


class OnAPhone(LiveTours):
    browser_size = "390x844"
    touch_enabled = True

    def test_the_file_of_a_waiting_document_opens_with_a_tap(self):
        self.add("F-VAT", excluding=100, taxes=[("0.2", 10)], lines=None, files=["facture.pdf"])
        self.sync()
        self.walk("lucca_live_file", BILLING)
