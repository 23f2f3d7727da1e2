from odoo import fields, models
from odoo.exceptions import AccessError


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    kpi_lucca_documents = fields.Boolean("Bills Created from Lucca")
    kpi_lucca_documents_value = fields.Integer(compute="_compute_kpi_lucca_documents_value")

    def _compute_kpi_lucca_documents_value(self):
        """Count the bills and refunds that were created from Lucca in the period, and not cancelled since."""
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only billing users see this figure."))
        self._calculate_company_based_kpi(
            "lucca.document",
            "kpi_lucca_documents_value",
            date_field="imported_at",
            additional_domain=[("move_id.state", "in", ("draft", "posted"))],
        )

    def _compute_kpis_actions(self, company, user):
        # EXTENDS 'digest': the figure links to the documents of all states.
        actions = super()._compute_kpis_actions(company, user)
        action = "lucca_invoices_sync.lucca_document_report_action"
        menu = self.env.ref("account.menu_finance").id
        actions["kpi_lucca_documents"] = f"{action}?menu_id={menu}"
        return actions
