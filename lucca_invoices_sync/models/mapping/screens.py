from difflib import get_close_matches

from odoo import fields, models
from odoo.exceptions import UserError

from ...lucca.booking.names import name_key
from .mapping import TARGETS

#: How much alike two names are that may be the same (0 to 1).
ALIKE = 0.75


class LuccaMapping(models.Model):
    """What a person sees of a reference: what it probably is in Odoo, which is never taken by itself."""

    _inherit = "lucca.mapping"

    suggestion = fields.Char(compute="_compute_suggestion")
    has_suggestion = fields.Boolean(compute="_compute_suggestion")

    def _compute_suggestion(self):
        for mapping in self:
            found = self.env[mapping._target_model()] if mapping.is_mapped else mapping._suggest()
            mapping.suggestion = found.display_name if found else False
            mapping.has_suggestion = bool(found)

    def action_take_suggestion(self):
        """Map these references as suggested."""
        suggested = self.filtered("has_suggestion")
        if not suggested:
            raise UserError(self.env._("Nothing is suggested for these: choose it by hand."))
        for mapping in suggested:
            mapping[TARGETS[mapping.kind][0]] = mapping._suggest()

    def _target_model(self):
        return self._fields[TARGETS[self.kind][0]].comodel_name

    def _suggest(self):
        """The record that fits best, or none."""
        return getattr(self, f"_suggest_{self.kind}")()

    def _suggest_tax(self):
        """Of more than one purchase tax that fits, the first; none for another country's VAT."""
        return self.fitting_tax_ids[:1] if not self.is_foreign else self.tax_id.browse()

    def _suggest_supplier(self):
        if self.candidate_ids:
            return self.candidate_ids[0]
        companies = [("is_company", "=", True), ("supplier_rank", ">", 0)]
        return self._alike(
            "partner_id", self._in_company("partner_id", companies), "lucca_name_key"
        )

    def _suggest_nature(self):
        kinds = ("expense", "expense_direct_cost", "asset_fixed")
        domain = self._in_company("account_id", [("account_type", "in", kinds)])
        return self._alike("account_id", domain, "name")

    def _suggest_cost_center(self):
        domain = self._in_company("analytic_account_id", [])
        by_code = [*domain, ("code", "=ilike", self.code)]
        found = self.analytic_account_id.search(by_code, limit=1) if self.code else False
        return found or self._alike("analytic_account_id", domain, "name")

    def _suggest_axis_section(self):
        return self._suggest_cost_center()

    def _suggest_establishment(self):
        own = [] if self.env.su else [("id", "in", self.env.user.company_ids.ids)]
        return self._alike("target_company_id", own, "name")

    def _in_company(self, target, domain):
        return [*self[target]._check_company_domain(self.company_id), *domain]

    def _alike(self, target, domain, name):
        """The record with the most similar name, if it is similar at all."""
        records = self[target].search(domain)
        by_name = {name_key(record[name] or ""): record for record in records}
        (found,) = get_close_matches(name_key(self.name or ""), by_name, 1, ALIKE) or (None,)
        return by_name[found] if found else self[target].browse()

    # --- buttons --------------------------------------------------------------------------------------

    def action_open_documents(self):
        """Show the documents that use these references."""
        return self.document_ids._action_open()

    def action_map(self):
        """Show one reference, to be mapped without leaving the screen."""
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
