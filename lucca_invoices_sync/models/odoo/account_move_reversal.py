from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    # EXTENDS 'account'
    def reverse_moves(self, is_modify=False):
        """Give the documents of bills to the bills that *Reverse and Create Invoice* creates in their places."""
        moves = self.move_ids
        result = super().reverse_moves(is_modify)
        if is_modify:
            # Whoever may reverse bills may not be allowed to write what comes from Lucca. Odoo creates the new
            # bills in the order of the old ones.
            for old, new in zip(moves.sudo(), self.new_move_ids.sudo(), strict=False):
                old.lucca_document_ids._replace_bill(new)
        return result
