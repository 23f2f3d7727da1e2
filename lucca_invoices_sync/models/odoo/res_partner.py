from odoo import api, fields, models

from ...lucca.booking.suppliers import name_key


class ResPartner(models.Model):
    _inherit = "res.partner"

    lucca_name_key = fields.Char(
        compute="_compute_lucca_name_key",
        store=True,
        index="btree_not_null",
        help="A company's name without case, accents and legal form, to recognise suppliers by.",
    )

    @api.depends("name", "is_company")
    def _compute_lucca_name_key(self):
        for partner in self:
            is_named = partner.is_company and partner.name
            partner.lucca_name_key = name_key(partner.name) if is_named else False
