from odoo import models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def _fill_sale_purchase_dashboard_data(self, dashboard_data):
        # EXTENDS 'account': what a purchase journal's card says of Lucca.
        result = super()._fill_sale_purchase_dashboard_data(dashboard_data)
        for journal, mine in self._lucca_connections().grouped("journal_id").items():
            dashboard_data[journal.id]["lucca"] = {
                "attention": sum(mine.mapped("attention_count")),
                "is_stopped": any(mine.mapped("last_error")),
            }
        return result

    def _lucca_connections(self):
        return self.env["lucca.connection"].search([("journal_id", "in", self.ids)])

    def action_lucca_sync_now(self):
        """Start the connections whose bills come to this journal."""
        self.check_access("read")
        return self._lucca_connections().action_sync_now()

    def action_lucca_attention(self):
        """Show what waits for a person."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_document_action"
        )
        return {**action, "domain": [("connection_id", "in", self._lucca_connections().ids)]}
