from odoo import api, fields, models


class LuccaDocument(models.Model):
    """What graphs and pivots show of it."""

    _inherit = "lucca.document"

    nature_id = fields.Many2one(
        "lucca.mapping",
        compute="_compute_references",
        store=True,
        precompute=True,
    )
    cost_center_id = fields.Many2one(
        "lucca.mapping",
        string="Cost Centre",
        compute="_compute_references",
        store=True,
        precompute=True,
    )
    amount_company = fields.Monetary(
        string="Booked, Excluding Taxes",
        currency_field="company_currency_id",
        readonly=True,
        help="Of the bill as it came, in the company's currency; refunds count as negative.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    hours_to_odoo = fields.Float(
        string="Hours until in Odoo",
        compute="_compute_hours_to_odoo",
        store=True,
        precompute=True,
        aggregator="avg",
        help="From the last change in Lucca, which usually is the approval, to the bill.",
    )

    @api.depends("mapping_ids")
    def _compute_references(self):
        for document in self:
            document.nature_id = document._mapping("nature")[:1]
            document.cost_center_id = document._mapping("cost_center")[:1]

    @api.depends("imported_at")
    def _compute_hours_to_odoo(self):
        for document in self:
            changed, imported = document.lucca_modified_at, document.imported_at
            is_known = changed and imported and imported > changed
            hours = (imported - changed).total_seconds() / 3600 if is_known else 0
            document.hours_to_odoo = hours
