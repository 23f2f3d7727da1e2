import logging
from contextlib import nullcontext
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import file_open

from ...lucca.api.recorded import RecordedClient, read_recording
from ...lucca.documents.reference_data import read_tax_rates
from .sync import STEPS

_logger = logging.getLogger(__name__)

RECORDING = "lucca_invoices_sync/demo/lucca_account.json"
HOST = "acme.ilucca-demo.net"
CURRENCIES = ("EUR", "USD")
#: Bills older than this are posted.
POSTED_AFTER = timedelta(days=45)


class LuccaConnection(models.Model):
    """Its demonstration data: a recorded account, synchronised by the steps that every account is.

    It has no key, and its scheduled action rests: nothing is ever asked of its host.
    """

    _inherit = "lucca.connection"

    @api.model
    def _load_demo(self):
        """Make the connection of the main company, once; none where there are no books yet."""
        company = self.env.ref("base.main_company")
        journals = self.env["account.journal"]
        domain = [*journals._check_company_domain(company), ("type", "=", "purchase")]
        if self.with_context(active_test=False).search_count([("host", "=", HOST)], limit=1):
            _logger.info("The demonstration of Lucca Invoices is there already")
        elif not company.chart_template or not journals.search_count(domain, limit=1):
            _logger.info("No demonstration of Lucca Invoices: %s has no books", company.name)
        else:
            with file_open(RECORDING) as file:
                recording = read_recording(file.read(), fields.Date.today())
            self._create_demo(company, recording)._fill_demo(recording)

    def _create_demo(self, company, recording):
        responsible = self.env.ref("base.user_admin")
        connection = (
            self.with_company(company)
            .with_context(
                lang=responsible.lang or self.env.lang,
                lucca_is_demo=True,
                mail_activity_quick_update=True,  # nobody gets an e-mail
            )
            .create(
                {
                    "name": "Lucca Demo",
                    "company_id": company.id,
                    "host": HOST,
                    "start_date": recording["start"],
                    "responsible_id": responsible.id,
                }
            )
        )
        connection.cron_id.active = False
        return connection

    def _fill_demo(self, recording):
        """What was listed, what people did, and what changed in Lucca meanwhile."""
        self._map_demo(recording)
        self._sync_demo(recording)
        self._work_on_demo(recording["ignored"])
        changed = {(one["type"], one["id"]): one for one in recording["changed"]}
        documents = [changed.get((one["type"], one["id"]), one) for one in recording["documents"]]
        self.last_audit_at = False  # it is due
        self._sync_demo({**recording, "documents": documents})

    def _sync_demo(self, recording):
        """As ``lucca.sync`` does it, but as a part of the installation's transaction."""
        run = self.env["lucca.sync.run"].create({"connection_id": self.id})
        client = RecordedClient(recording)
        for step in STEPS:
            self.env[step]._run(run, client)
        run.end = self.last_sync_at = self.last_success_at = fields.Datetime.now()
        self._update_activity(self.env["lucca.document"]._left(self))

    # --- what people do -------------------------------------------------------------------------

    def _map_demo(self, recording):
        """Activate the currencies; choose the tax of each French rate, and the company."""
        currencies = self.env["res.currency"].with_context(active_test=False)
        currencies.search([("name", "in", CURRENCIES), ("active", "=", False)]).active = True
        for rate in read_tax_rates(recording["rates"]):
            if rate.territory == "FR":
                mapping = self._create_demo_mapping("tax", rate.rate_type_id, rate.name)
                mapping.tax_id = mapping._demo_tax(rate.percentage)
        places = [one["establishment"] for one in recording["purchases"]]
        for lucca_id, name in {place["id"]: place["name"] for place in places}.items():
            mapping = self._create_demo_mapping("establishment", lucca_id, name)
            mapping.target_company_id = self.company_id

    def _create_demo_mapping(self, kind, lucca_id, name):
        values = {"connection_id": self.id, "kind": kind, "lucca_id": lucca_id, "name": name}
        return self.env["lucca.mapping"].create(values)

    def _work_on_demo(self, ignored):
        """Post the older bills, and ignore some documents.

        :param ignored: ``{id of an invoice: why}``
        """
        documents = self.env["lucca.document"].search([("connection_id", "=", self.id)])
        day = fields.Date.today() - POSTED_AFTER
        documents.move_id.filtered(lambda move: move.invoice_date < day).action_post()
        for document in documents.filtered(lambda one: one.lucca_type == "Invoice"):
            if why := ignored.get(str(document.lucca_id)):
                # The responsible's name, whatever that user may do.
                document.with_user(self.responsible_id).sudo().action_ignore(why)


class LuccaMapping(models.Model):
    """The taxes of the demonstration."""

    _inherit = "lucca.mapping"

    def _demo_tax(self, rate):
        """The purchase tax of a rate (a fraction); another country's books get one."""
        usual = self.company_id.account_purchase_tax_id
        fitting = self._fitting_taxes(rate)
        return fitting & usual or fitting[:1] or self._create_demo_tax(usual, rate * 100)

    def _create_demo_tax(self, usual, percentage):
        name = f"{percentage.normalize():f}% FR"
        return usual.copy(
            {
                "name": name,
                "invoice_label": name,
                "amount": float(percentage),
                "tax_group_id": usual.tax_group_id.copy({"name": name}).id,
            }
        )


class LuccaSync(models.AbstractModel):
    """In a demonstration nothing is committed or rolled back: the installation does so, or not."""

    _inherit = "lucca.sync"

    @api.model
    def _checkpoint(self, processed=0):
        if self.env.context.get("lucca_is_demo"):
            return self.env.flush_all()
        return super()._checkpoint(processed)

    def _locked(self, names):
        if self.env.context.get("lucca_is_demo"):
            return nullcontext()
        return super()._locked(names)
