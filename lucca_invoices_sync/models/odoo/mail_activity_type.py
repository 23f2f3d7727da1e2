from odoo import models

from ..asking import ACTIVITY


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    def _get_model_info_by_xmlid(self):
        # EXTENDS 'mail': without its type, no activity of a connection would be found, and each
        # synchronisation would schedule another one.
        info = super()._get_model_info_by_xmlid()
        info[ACTIVITY] = {"res_model": False, "unlink": False}
        return info
