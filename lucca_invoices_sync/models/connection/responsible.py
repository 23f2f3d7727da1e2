"""What becomes of open activities when another person becomes responsible for a connection."""

from odoo import models

from .. import asking


class LuccaConnection(models.Model):
    _inherit = "lucca.connection"

    def write(self, vals):
        if "responsible_id" not in vals:
            return super().write(vals)
        former = {connection: connection.responsible_id for connection in self}
        result = super().write(vals)
        for connection, user in former.items():
            connection._hand_over(user)
        return result

    def _hand_over(self, former):
        """Give the new responsible the open activities that a synchronisation scheduled for the former one."""
        if not self.responsible_id or self.responsible_id == former:
            return
        # Administrators choose the responsible, although they may not read documents, bills and activities.
        connections, both = self.sudo().browse(), (former, self.responsible_id)
        groups = (asking.BILLING, asking.SYSTEM)
        asking.hand_over(connections, *both, lambda one: one == self, groups)
        asking.hand_over(
            connections.env["account.move"],
            *both,
            lambda bill: bill.lucca_document_id.connection_id == self,
        )
