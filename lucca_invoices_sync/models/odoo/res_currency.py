from decimal import Decimal

from odoo import api, models
from odoo.tools import ormcache


class ResCurrency(models.Model):
    _inherit = "res.currency"

    @api.model
    def _lucca_by_code(self, code):
        """Return the currency of an ISO code, even if it is inactive; empty if Odoo has none."""
        return self.browse(self._lucca_id_by_code().get(code))

    @api.model
    @ormcache(cache="stable")
    def _lucca_id_by_code(self):
        currencies = self.with_context(active_test=False).search_fetch([], ["name"])
        return {currency.name: currency.id for currency in currencies}

    def _lucca_unit(self):
        """Return the smallest amount of the currency, 0.01 for the euro."""
        return Decimal(str(self.rounding))

    def write(self, vals):
        # EXTENDS 'base': activating a currency has the documents booked that waited for it.
        result = super().write(vals)
        if vals.get("active"):
            # A user who may activate a currency may not be allowed to write documents.
            documents = self.env["lucca.document"].sudo()
            documents.search(
                [("reason", "=", "inactive_currency"), ("currency_id", "in", self.ids)]
            )._try_again()
        return result
