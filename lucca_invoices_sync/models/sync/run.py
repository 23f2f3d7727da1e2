from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from ..messages import MessageField, Messages

_lt = Messages(__name__)

DAYS_KEPT = 90
#: ``{counter of a run: the field of a document with the runs that counted it so}``
DOCUMENTS = {
    "new": "new_run_ids",
    "booked": "booked_run_ids",
    "blocked": "blocked_run_ids",
    "failed": "failed_run_ids",
}


class LuccaSyncRun(models.Model):
    """The history: a row for each synchronisation, however many slices of the scheduler it took."""

    _name = "lucca.sync.run"
    _description = "Synchronisation with Lucca Invoices"
    _order = "start desc, id desc"
    _rec_name = "start"

    connection_id = fields.Many2one(
        "lucca.connection", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    start = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    end = fields.Datetime(readonly=True)
    duration = fields.Float(compute="_compute_duration", help="Seconds.")
    idle_runs = fields.Integer(
        string="Without Work",
        readonly=True,
        help="The number of synchronisations in a row that found nothing to do. They share one row.",
    )
    requests = fields.Integer(readonly=True, help="Requests sent to Lucca.")
    listed = fields.Integer(readonly=True, help="Documents that Lucca listed.")
    # This field hides ``Model.new``. Therefore the form is read-only, and no field is precomputed.
    new = fields.Integer(readonly=True, help="Documents that Odoo did not know before.")
    booked = fields.Integer(
        string="Bills Created", readonly=True, help="Bills and refunds that were created."
    )
    blocked = fields.Integer(
        string="Need Attention",
        readonly=True,
        help="Documents for which the synchronisation found that they need a person.",
    )
    failed = fields.Integer(
        string="Failed Attempts", readonly=True, help="What failed is tried again later."
    )
    files = fields.Integer(
        string="Files Attached",
        readonly=True,
        help="Files that were fetched for bills, and for documents that need attention.",
    )
    changed = fields.Integer(readonly=True, help="Bills whose document changed in Lucca.")
    withdrawn = fields.Integer(
        readonly=True, help="Documents that are no longer approved in Lucca."
    )
    error = MessageField(readonly=True, help="Why the synchronisation did not do all of its work.")
    has_documents = fields.Boolean(
        compute="_compute_has_documents", help="Whether it is known which documents it counted."
    )

    @api.depends("start", "end")
    def _compute_duration(self):
        for run in self:
            run.duration = (run.end - run.start).total_seconds() if run.end else 0

    @api.depends("start")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for run in self:
            run.display_name = format_datetime(self.env, run.start)

    def _compute_has_documents(self):
        documents = self.env["lucca.document"]
        for run in self:
            run.has_documents = bool(documents.search_count(run._documents_of(), limit=1))

    def _documents_of(self, *counters):
        """Return the domain of the documents that runs counted, by all or some of their counters."""
        names = [DOCUMENTS[one] for one in counters or DOCUMENTS]
        return Domain.OR(Domain(name, "in", self.ids) for name in names)

    def action_open_documents(self):
        """Open the documents that the run counted.

        The context may name one counter in ``lucca_counter``; raise ``UserError`` for an unknown one.
        """
        self.ensure_one()
        self.check_access("read")
        counter = self.env.context.get("lucca_counter")
        if counter not in (None, *DOCUMENTS):
            raise UserError(self.env._("There is no such line: %s", counter))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_document_action"
        )
        domain = self._documents_of(*[counter] if counter else [])
        context = {} if counter else {"search_default_by_state": 1}
        return {**action, "domain": list(domain), "context": context}

    def _remember(self, documents):
        """Store which documents this run counted, by one query a counter.

        :param documents: ``{counter: lucca.document records}``
        """
        model = self.env["lucca.document"]
        for counter, records in documents.items():
            field = model._fields[DOCUMENTS[counter]]
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO %(relation)s (document_id, run_id)
                    SELECT id, %(run)s FROM lucca_document WHERE id = ANY(%(ids)s)
                    ON CONFLICT DO NOTHING
                    """,
                    relation=SQL.identifier(field.relation),
                    run=self.id,
                    ids=records.ids,
                )
            )
            model.invalidate_model([field.name], flush=False)

    def _add(self, counts):
        """Add to the counters.

        :param counts: ``{counter: number}``
        """
        self.write({name: self[name] + count for name, count in counts.items()})

    def _close(self, error=False):
        """Write the end of the synchronisation, and why it did not do all of its work, if so."""
        self.write({"end": fields.Datetime.now(), "error": error})

    def _interrupt(self):
        """Close runs whose process was killed."""
        told = _lt(
            "It was interrupted: Odoo's process ended meanwhile. The next synchronisation continues"
            " where this one stopped."
        )
        self._close(told)

    @api.model
    def _open(self, connection, start):
        """Create the row of a synchronisation that does something."""
        self.search([("connection_id", "=", connection.id), ("end", "=", False)])._interrupt()
        return self.create({"connection_id": connection.id, "start": start})

    @api.model
    def _count_idle(self, connection, start, requests):
        """Record a synchronisation without work: on the last row if that had none either."""
        mine, names = [("connection_id", "=", connection.id)], ["end", "idle_runs", "requests"]
        last = self.search_fetch(mine, names, limit=1)
        if last and not last.end:
            last._interrupt()
        if not last.idle_runs:
            last = self.create({"connection_id": connection.id, "start": start})
        last.write(
            {
                "end": fields.Datetime.now(),
                "idle_runs": last.idle_runs + 1,
                "requests": last.requests + requests,
            }
        )

    @api.autovacuum
    def _forget_old(self):
        """Delete history that is older than ``DAYS_KEPT`` days."""
        day = fields.Datetime.now() - timedelta(days=DAYS_KEPT)
        self.search([("start", "<", day), ("end", "<", day)]).unlink()
