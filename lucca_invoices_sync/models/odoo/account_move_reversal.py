from odoo import fields, models
from odoo.exceptions import UserError

from ..bill.books import CompanyBooks


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    # EXTENDS 'account'
    def reverse_moves(self, is_modify=False):
        """Give the documents of bills to the bills that *Reverse and Create Invoice* creates in their places."""
        moves = self.move_ids
        self._refuse_missing_rates()
        result = super().reverse_moves(is_modify)
        if is_modify:
            # Whoever may reverse bills may not be allowed to write what comes from Lucca. Odoo creates the new
            # bills in the order of the old ones.
            for old, new in zip(moves.sudo(), self.new_move_ids.sudo(), strict=False):
                old.lucca_document_ids._replace_bill(new)
        return result

    def _refuse_missing_rates(self):
        """Raise ``UserError`` if a bill of Lucca is to be reversed at the exchange rate 1, since Odoo has no rate.

        The bill has Lucca's own rate, so that nobody needed one in Odoo until now.
        """
        # Whoever may reverse bills may not see their documents.
        bills = self.move_ids.sudo().filtered("lucca_document_ids")
        day = self.date or fields.Date.context_today(self)
        for company, members in bills.grouped("company_id").items():
            books, own = CompanyBooks(company), company.currency_id
            for currency, some in members.grouped("currency_id").items():
                if currency != own and not books.exchange_rate(currency, day):
                    raise UserError(self._describe_missing_rate(some[0], own))

    def _describe_missing_rate(self, bill, own):
        return self.env._(
            "Odoo has no exchange rate of %(currency)s, and would reverse %(bill)s as if %(currency)s and %(own)s were"
            " worth the same: enter a rate of %(currency)s, then reverse the bill.",
            currency=bill.currency_id.name,
            bill=bill.display_name,
            own=own.name,
        )
