from collections import Counter

from odoo import models
from odoo.exceptions import UserError

from ..mapping.mapping import TARGETS


class LuccaDocument(models.Model):
    """Choosing for the references of many documents at a time."""

    _inherit = "lucca.document"

    def action_choose(self):
        """Open the dialog that maps what these documents wait for, or what else they refer to.

        Where Lucca names no supplier that could be mapped, that of the documents alone is asked for.
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
        """Of each kind those that documents wait for, else those that are not mapped, else all.

        What is mapped already is not changed beside what is not.
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
        """What is told of a choice: for whom it is, and what it does not help."""
        if not waiting:
            return self.env._(
                "None of these documents waits for a choice. It applies to the bills to come."
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
