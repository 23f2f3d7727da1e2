from odoo import fields, models
from odoo.exceptions import UserError

from ..toasts import toast
from .mapping import TARGETS
from .suggestions import find_suggestions


class LuccaMapping(models.Model):
    """The suggestion of what a reference is in Odoo, which only a person takes, and buttons."""

    _inherit = "lucca.mapping"

    suggestion = fields.Char(compute="_compute_suggestion")
    has_suggestion = fields.Boolean(compute="_compute_suggestion")

    def _compute_suggestion(self):
        found = find_suggestions(self)
        for mapping in self:
            suggested = found.get(mapping)
            mapping.suggestion = suggested.record.display_name if suggested else False
            mapping.has_suggestion = bool(suggested)

    # --- taking what is suggested -----------------------------------------------------------------

    def action_take_suggestion(self):
        """Map a reference as suggested; of several references map those whose suggestion is beyond doubt.

        :raises UserError: nothing is suggested
        """
        if len(self) != 1:
            return self.action_take_sure_suggestions()
        self.check_access("write")
        found = find_suggestions(self)
        if not found:
            raise UserError(self.env._("Nothing is suggested for this: choose it by hand."))
        self._take_suggestions(found)
        return None

    def action_take_sure_suggestions(self):
        """Map the references whose suggestion is beyond doubt; return a toast that counts the others."""
        self.check_access("write")
        to_map = self.filtered(lambda mapping: not mapping.is_mapped)
        sure = {
            mapping: suggested
            for mapping, suggested in find_suggestions(to_map).items()
            if suggested.is_sure
        }
        if not sure:
            raise UserError(
                self.env._(
                    "No suggestion for these is certain: take a suggestion in its row, or choose by"
                    " hand."
                )
            )
        self._take_suggestions(sure)
        message = self.env._("Suggestions taken: %(taken)s.", taken=len(sure))
        if left := len(to_map) - len(sure):
            message += " " + self.env._("Need a choice: %(left)s.", left=left)
        return toast(self.env, message, is_whole=not left)

    def _take_suggestions(self, found):
        """Map references, and then have the documents booked that waited for any of them.

        :param found: ``{mapping: Suggestion}``, whose records the user may see
        """
        taken = self.browse().union(*found)
        # The user's rights on all mappings and records were checked at once before.
        for mapping in taken.with_context(lucca_releases_later=True).sudo():
            mapping[TARGETS[mapping.kind][0]] = found[mapping.with_env(self.env)].record.id
        taken._release_and_look_again()

    # --- buttons --------------------------------------------------------------------------------------

    def action_open_documents(self):
        """Show the documents that use these references."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_document_action"
        )
        return {**action, "domain": [("mapping_ids", "in", self.ids)], "context": {}}

    def action_map(self):
        """Show one reference in a dialog, to be mapped there."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What is it in Odoo?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }
