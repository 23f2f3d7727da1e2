from odoo import models

from ..sync.live import CHANNEL

#: The groups (XML ids) that may read Lucca's documents, as in ``ir.model.access.csv``.
READERS = (
    "account.group_account_invoice",
    "account.group_account_readonly",
    "base.group_system",
)


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """EXTENDS 'bus': users who may read Lucca's documents listen to the channels of their companies."""
        channels = super()._build_bus_channel_list(channels)
        user = self.env.user
        if any(user.has_group(group) for group in READERS):
            channels.extend((company, CHANNEL) for company in user.company_ids)
        return channels
