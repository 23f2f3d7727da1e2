from odoo import models
from odoo.exceptions import UserError

from ..states import reasons_of


class LuccaMapping(models.Model):
    """The dialog that maps many references at a time."""

    _inherit = "lucca.mapping"

    def action_choose(self):
        """Open the dialog that maps these references together, one kind after the other."""
        self.check_access("write")
        if not self:
            raise UserError(self.env._("Select the references first."))
        kinds = set(self.mapped("kind"))
        return self._open_choice(kinds.pop() if len(kinds) == 1 else False, "")

    def _open_choice(self, kind, hint):
        """Return the action of the dialog that maps these references.

        :param kind: the kind that is mapped first; False if the person chooses it
        :param hint: the text above the choice; may be empty
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
        """Return how many documents with these references, of one kind, a choice may have booked."""
        reasons = reasons_of(self[:1].kind)
        waiting = [("mapping_ids", "in", self.ids), ("reason", "in", reasons)]
        return self.env["lucca.document"].search_count(waiting) if reasons else 0
