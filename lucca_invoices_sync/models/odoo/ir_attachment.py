from odoo import fields, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    lucca_file_id = fields.Char(
        readonly=True, copy=False, help="Lucca's id of this file, so it is fetched once."
    )
