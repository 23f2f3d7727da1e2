from odoo import models

from ..sync.live import CHANNEL

#: Who may read what Lucca brings (XML ids of groups), as ``ir.model.access`` has it.
READERS = (
    "account.group_account_invoice",
    "account.group_account_readonly",
    "base.group_system",
)


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """EXTENDS: whoever may read documents of Lucca hears when those of their companies change."""
        channels = super()._build_bus_channel_list(channels)
        user = self.env.user
        if any(user.has_group(group) for group in READERS):
            channels.extend((company, CHANNEL) for company in user.company_ids)
        return channels
