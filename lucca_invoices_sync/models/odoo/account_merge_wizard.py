from odoo import api, models

from ..document.untouched import kept_untouched


class AccountMergeWizard(models.TransientModel):
    _inherit = "account.merge.wizard"

    # EXTENDS 'account'
    @api.model
    def _action_merge(self, accounts):
        """Keep the draft bills on the accounts untouched that nobody edited before."""
        with kept_untouched(self.env, [("move_id.line_ids.account_id", "in", accounts.ids)]):
            return super()._action_merge(accounts)
