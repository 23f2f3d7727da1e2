from odoo import models


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def write(self, vals):
        # EXTENDS 'base': book at once what waited for a currency.
        result = super().write(vals)
        if vals.get("active"):
            # Whoever may activate a currency need not be allowed to write documents.
            documents = self.env["lucca.document"].sudo()
            documents.search(
                [("reason", "=", "inactive_currency"), ("currency_id", "in", self.ids)]
            )._try_again()
        return result
