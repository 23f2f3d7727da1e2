from odoo import models

from ..document.untouched import kept_untouched


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    # EXTENDS 'base'
    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Keep the draft bills of the partners, or of their contacts, untouched that nobody edited before."""
        companies = self.env["res.partner"].browse(partner_ids).exists().commercial_partner_id
        theirs = [("move_id.commercial_partner_id", "in", companies.ids)]
        with kept_untouched(self.env, theirs):
            return super()._merge(partner_ids, dst_partner, extra_checks)
