import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import file_open

from ...lucca.api.recorded import RecordedClient, read_recording
from ...lucca.documents.reference_data import read_tax_rates
from ..mapping.purchase_taxes import PurchaseTaxes
from ..sync import activity
from ..sync.left import find_left
from ..sync.sync import STEPS
from ..sync.turn import WithinTransaction

_logger = logging.getLogger(__name__)

RECORDING = "lucca_invoices_sync/demo/lucca_account.json"
HOST = "acme.ilucca-demo.net"
CURRENCIES = ("EUR", "USD")
#: The age above which the bills of the demonstration are posted.
POSTED_AFTER = timedelta(days=45)


class LuccaConnection(models.Model):
    _inherit = "lucca.connection"

    def _describe_standstill(self):
        # EXTENDS: the demonstration's scheduled action is meant to be switched off. It has no key,
        # unlike an account that is really called so.
        is_demo = self.host == HOST and not self._key()
        return not is_demo and super()._describe_standstill()


class LuccaDemo(models.AbstractModel):
    """Demonstration data: a recorded account, synchronised by the same steps as a real one.

    Its connection has no key, and its scheduled action is switched off: no request is ever sent.
    """

    _name = "lucca.demo"
    _description = "Demonstration Data of Lucca Invoices"

    @api.model
    def _load(self):
        """Create the demonstration in the main company, once, if it has a chart of accounts."""
        company = self.env.ref("base.main_company")
        journals = self.env["account.journal"]
        domain = [*journals._check_company_domain(company), ("type", "=", "purchase")]
        connections = self.env["lucca.connection"].with_context(active_test=False)
        if connections.search_count([("host", "=", HOST)], limit=1):
            _logger.info("The demonstration of Lucca Invoices is there already")
        elif not company.chart_template or not journals.search_count(domain, limit=1):
            _logger.info("No demonstration of Lucca Invoices: %s has no books", company.name)
        else:
            with file_open(RECORDING) as file:
                recording = read_recording(file.read(), fields.Date.today())
            self._fill(self._create_connection(company, recording), recording)

    def _create_connection(self, company, recording):
        responsible = self.env.ref("base.user_admin")
        connection = (
            self.env["lucca.connection"]
            .with_company(company)
            .with_context(
                lang=responsible.lang or self.env.lang,
                mail_activity_quick_update=True,  # no e-mail is sent
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

    def _fill(self, connection, recording):
        """Synchronise the account, act as people would, then synchronise what changed in Lucca."""
        self._map(connection, recording)
        self._prepare_books(connection, recording)
        self._synchronise(connection, recording)
        self._act_as_people(connection, recording["ignored"])
        # Files of a document without a bill are fetched once a person looks at the document.
        documents = connection.env["lucca.document"].search([("connection_id", "=", connection.id)])
        waiting = documents.filtered(lambda one: one.state == "blocked" and not one.move_id)
        waiting.file_ids.is_wanted = True
        changed = {(one["type"], one["id"]): one for one in recording["changed"]}
        documents = [changed.get((one["type"], one["id"]), one) for one in recording["documents"]]
        connection.last_audit_at = False  # an audit is due
        self._synchronise(connection, {**recording, "documents": documents})

    def _synchronise(self, connection, recording):
        """Run the steps of ``lucca.sync`` within the transaction of the installation."""
        turn = WithinTransaction(connection, RecordedClient(recording))
        for step in STEPS:
            for _kept in turn.env[step]._work(turn):
                pass
        turn.finish(lambda: self._tell(turn))

    def _tell(self, turn):
        connection = turn.connection
        connection.write(turn.env["lucca.sync"]._prepare_connection(turn, error=False))
        activity.update(connection, find_left(connection))

    # --- what people would do -------------------------------------------------------------------

    def _map(self, connection, recording):
        """Activate the currencies, and map the French VAT rates and the establishments."""
        currencies = self.env["res.currency"].with_context(active_test=False)
        currencies.search([("name", "in", CURRENCIES), ("active", "=", False)]).active = True
        for rate in read_tax_rates(recording["rates"]):
            if rate.territory == "FR":
                mapping = self._create_mapping(connection, "tax", rate.rate_type_id, rate.name)
                known = {"percentage": float(rate.percentage), "percentage_known": True}
                mapping.write({**known, "territory": rate.territory})
                mapping.tax_id = self._tax(mapping, rate.percentage)
        places = [one["establishment"] for one in recording["purchases"]]
        for lucca_id, name in {place["id"]: place["name"] for place in places}.items():
            mapping = self._create_mapping(connection, "establishment", lucca_id, name)
            mapping.target_company_id = connection.company_id

    def _prepare_books(self, connection, recording):
        """Create what documents need attention for: a double supplier, an archived account, an existing bill."""
        twin, nature = recording["twin"], recording["archived"]
        for _time in range(2):
            connection.env["res.partner"].create({**twin, "is_company": True})
        mapping = self._create_mapping(connection, "nature", nature["id"], nature["name"])
        usual = connection.company_id.expense_account_id or connection.journal_id.default_account_id
        mapping.account_id = usual.copy({"name": nature["name"]})
        mapping.account_id.active = False
        self._type_bill(connection, recording["typed"])

    def _type_bill(self, connection, typed):
        """Create the bill that a person typed before its document was listed."""
        rates = self.env["lucca.mapping"]._by_reference(connection, [typed["rate_type"]])
        tax = next(one.tax_id for (_c, kind, _id), one in rates.items() if kind == "tax")
        partner = connection.env["res.partner"].create({**typed["supplier"], "is_company": True})
        line = {"name": typed["name"], "price_unit": typed["price"], "tax_ids": tax.ids}
        connection.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "company_id": connection.company_id.id,
                "journal_id": connection.journal_id.id,
                "partner_id": partner.id,
                "ref": typed["number"],
                "invoice_date": typed["date"],
                "currency_id": connection.env["res.currency"]._lucca_by_code("EUR").id,
                "invoice_line_ids": [Command.create(line)],
            }
        )

    def _create_mapping(self, connection, kind, lucca_id, name):
        values = {"connection_id": connection.id, "kind": kind, "lucca_id": lucca_id, "name": name}
        return connection.env["lucca.mapping"].create(values)

    def _tax(self, mapping, rate):
        """Return the purchase tax of a rate (a fraction).

        A company of another country gets a new tax for French VAT.
        """
        taxes = PurchaseTaxes(mapping.company_id)
        fitting = taxes.choose(rate, mapping.connection_id.tax_scope)
        is_own = fitting and not mapping.is_foreign
        return fitting[:1] if is_own else mapping._ensure_foreign_taxes()

    def _act_as_people(self, connection, ignored):
        """Post the older bills, and press *Do Not Import* for some documents.

        :param ignored: ``{Lucca's id of an invoice as text: the reason}``
        """
        documents = connection.env["lucca.document"].search([("connection_id", "=", connection.id)])
        day = fields.Date.today() - POSTED_AFTER
        documents.move_id.filtered(lambda move: move.invoice_date < day).action_post()
        for document in documents.filtered(lambda one: one.lucca_type == "Invoice"):
            if why := ignored.get(str(document.lucca_id)):
                # The history shows the responsible's name, whatever rights that user has.
                document.with_user(connection.responsible_id).sudo().action_ignore(why)
