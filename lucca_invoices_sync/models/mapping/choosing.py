from odoo import models
from odoo.exceptions import UserError

from .mapping import reasons_of


class LuccaMapping(models.Model):
    """Choosing for many references at a time."""

    _inherit = "lucca.mapping"

    def action_choose(self):
        """Open the dialog that maps these references together, kind by kind."""
        self.check_access("write")
        if not self:
            raise UserError(self.env._("Select the references first."))
        kinds = set(self.mapped("kind"))
        return self._open_choice(kinds.pop() if len(kinds) == 1 else False, "")

    def _open_choice(self, kind, hint):
        """The dialog for these references.

        :param kind: for which one chooses first; False where a person says so
        :param hint: what is told above the choice
        """
        wizard = self.env["lucca.mapping.choose"].create(
            {
                "reference_ids": [(6, 0, self.ids)],
                "kind": kind,
                "hint": hint,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Are They in Odoo?"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [[False, "form"]],
            "target": "new",
        }

    def _count_waiting(self):
        """The number of documents that use these references, of one kind, and that a choice releases."""
        reasons = reasons_of(self[:1].kind)
        waiting = [("mapping_ids", "in", self.ids), ("reason", "in", reasons)]
        return self.env["lucca.document"].search_count(waiting) if reasons else 0
