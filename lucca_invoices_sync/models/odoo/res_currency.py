from odoo import api, models
from odoo.tools import ormcache


class ResCurrency(models.Model):
    _inherit = "res.currency"

    @api.model
    def _by_code(self, code):
        """The currency of an ISO code, also an inactive one; empty when Odoo has none."""
        return self.browse(self._id_by_code().get(code))

    @api.model
    @ormcache(cache="stable")
    def _id_by_code(self):
        currencies = self.with_context(active_test=False).search_fetch([], ["name"])
        return {currency.name: currency.id for currency in currencies}

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
