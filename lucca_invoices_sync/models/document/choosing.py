from collections import Counter

from odoo import models
from odoo.exceptions import UserError

from ..mapping.mapping import TARGETS


class LuccaDocument(models.Model):
    """The choice of what references of many documents are in Odoo."""

    _inherit = "lucca.document"

    def action_choose(self):
        """Open the dialog that maps the references that these documents wait for, or else any that they have.

        If Lucca names no supplier that could be mapped, the dialog asks for one for these documents alone.

        :raises UserError: the documents have no references
        """
        if self and all(self.mapped("can_choose_supplier")):
            return self.action_choose_supplier()
        references = self._references_to_choose()
        references.check_access("write")
        if not references:
            raise UserError(
                self.env._(
                    "These documents refer to nothing that could be chosen: Lucca names no supplier,"
                    " no VAT rate and no nature that is known. Open one to see what it needs."
                )
            )
        waiting = self.waiting_mapping_ids
        kinds = Counter(
            kind for one in self for kind in set(one.waiting_mapping_ids.mapped("kind"))
        )
        first = kinds.most_common(1)[0][0] if kinds else False
        return references._open_choice(first, self._describe_choice(waiting))

    def _references_to_choose(self):
        """Return the references to map: of each kind those that documents wait for, else the unmapped ones, else all.

        A reference that is mapped already is therefore not changed together with unmapped ones.
        """
        waiting = self.waiting_mapping_ids
        found = self.env["lucca.mapping"].search([("document_ids", "in", self.ids)])
        chosen = found.browse()
        for kind in TARGETS:
            of_kind = found.filtered(lambda mapping, kind=kind: mapping.kind == kind)
            unmapped = of_kind.filtered(lambda mapping: not mapping.is_mapped)
            chosen |= (of_kind & waiting) or unmapped or of_kind
        return chosen

    def _describe_choice(self, waiting):
        """Return the text above the choice: what it applies to, and how many documents need something else."""
        if not waiting:
            return self.env._(
                "None of these documents waits for a choice. Your choice applies to later bills."
            )
        others = self.filtered(lambda one: one.state == "blocked" and not one.waiting_mapping_ids)
        lines = []
        if len(set(waiting.mapped("kind"))) > 1:
            lines.append(
                self.env._(
                    "These documents wait for several kinds of references: choose for one kind, then"
                    " for the next."
                )
            )
        if others:
            lines.append(
                self.env._(
                    "Selected documents that need something else: %s. Group the list by reason to"
                    " see them.",
                    len(others),
                )
            )
        return "\n".join(lines)
