from odoo import models


class LuccaMapping(models.Model):
    """What a person opens from a reference."""

    _inherit = "lucca.mapping"

    def action_open_documents(self):
        """Show the documents that use these references."""
        return self.document_ids._action_open()

    def action_map(self):
        """Show one reference, to be mapped without leaving the screen."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What is it in Odoo?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }
