from odoo import models

from ..document import change, content


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    # EXTENDS 'base'
    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Keep the draft bills untouched that nobody edited before their suppliers are merged.

        Odoo writes the remaining supplier and bank account to the bills by SQL, which is no work of a person on them.
        """
        untouched = self._lucca_untouched(partner_ids)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        if untouched:
            self.env.invalidate_all()
        for document in untouched:
            document.bill_fingerprint = content.renew(document.move_id, document.bill_fingerprint)
        return result

    def _lucca_untouched(self, partner_ids):
        """Return the documents whose bills are untouched drafts of these partners or of their contacts."""
        companies = self.env["res.partner"].browse(partner_ids).exists().commercial_partner_id
        # Who may merge contacts may not read documents, or not those of all companies.
        documents = self.env["lucca.document"].sudo()
        drafts = documents.search(
            [
                ("bill_fingerprint", "!=", False),
                ("move_id.state", "=", "draft"),
                ("move_id.commercial_partner_id", "in", companies.ids),
            ]
        )
        return drafts.filtered(change.is_untouched)
