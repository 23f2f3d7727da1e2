"""What users are asked about bills is not lost when they leave: nothing else remembers some of these questions."""

from odoo import models

from .. import asking


class ResUsers(models.Model):
    _inherit = "res.users"

    def action_archive(self):
        # EXTENDS 'mail', which deletes the activities of these users
        asking.ask_others(self)
        return super().action_archive()

    def unlink(self):
        # EXTENDS 'base': the database deletes the activities of these users
        asking.ask_others(self)
        return super().unlink()
