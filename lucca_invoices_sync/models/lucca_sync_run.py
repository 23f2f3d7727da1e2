from odoo import fields, models


class LuccaSyncRun(models.Model):
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
    requests = fields.Integer(readonly=True, help="Requests sent to Lucca.")
    listed = fields.Integer(readonly=True, help="Documents that Lucca listed.")
    # It hides Model.new: so runs have no form, and nothing of theirs is precomputed.
    new = fields.Integer(readonly=True, help="Documents that Odoo did not know before.")
    booked = fields.Integer(readonly=True, help="Documents that became a bill or a refund.")
    blocked = fields.Integer(readonly=True, help="Documents that came to wait for a person.")
    failed = fields.Integer(readonly=True, help="Failed attempts, tried again later.")
    error = fields.Text(readonly=True)

    def _add(self, **counts):
        """Add to the counters."""
        for name, count in counts.items():
            if count:
                self[name] += count
