from odoo import api, models
from odoo.exceptions import UserError


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    @api.model
    def default_get(self, fields):
        # EXTENDS 'account', which offers to pay any bill that somebody selects, also a blocked one.
        values = super().default_get(fields)
        self._lucca_check_payable(self.new({"line_ids": values.get("line_ids", [])}).line_ids)
        return values

    def _create_payments(self):
        # EXTENDS 'account': a program may name the items to pay, and Lucca may pay a bill while the dialog is open.
        self._lucca_check_payable(self.line_ids)
        return super()._create_payments()

    def _lucca_check_payable(self, lines):
        """Raise ``UserError`` if the payment of some of the bills is blocked because of Lucca."""
        # Whoever may pay bills may not be allowed to read what comes from Lucca.
        moves = lines._origin.move_id.sudo()
        blocked = moves.filtered(
            lambda move: move.payment_state == "blocked" and move.lucca_payment_block
        )
        if blocked:
            told = [f"{move.display_name}: {move.lucca_payment_block}" for move in blocked]
            raise UserError(
                self.env._(
                    "The payment of some bills is blocked:\n%(bills)s\nLeave them out. To pay them here"
                    " anyway, select them in the list and choose “Lucca: Unblock Payment” in its menu of"
                    " actions, or “(Un)Block Payment” in that of a single bill.",
                    bills="\n".join(told),
                )
            )
