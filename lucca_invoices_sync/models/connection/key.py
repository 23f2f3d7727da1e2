from contextlib import closing

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lucca.api.errors import AccessDenied, InvalidHost, LuccaError, WrongKey
from .secret import SecretChar, environment_key, file_key

ENVIRONMENT, FILE, DATABASE = "environment", "file", "database"


class LuccaConnection(models.Model):
    """Its API key: in the environment or in odoo.conf, or else in the database."""

    _inherit = "lucca.connection"

    api_key = SecretChar(
        string="API Key",
        groups="base.group_system",
        copy=False,
        prefetch=False,
        help="Made in Lucca; it needs the right to read invoices, purchases and suppliers."
        " It can be replaced, but nobody can read it here.",
    )
    api_key_source = fields.Selection(
        [(ENVIRONMENT, "The environment"), (FILE, "odoo.conf"), (DATABASE, "This database")],
        string="Key Comes From",
        compute="_compute_api_key_source",
        groups="base.group_system",
    )
    api_key_hint = fields.Char(compute="_compute_api_key_source", groups="base.group_system")

    @api.depends("host", "api_key")
    def _compute_api_key_source(self):
        hints = {
            ENVIRONMENT: self.env._("Set in the environment"),
            FILE: self.env._("Set in odoo.conf"),
            DATABASE: self.env._("Set: type to replace it"),
            False: self.env._("The key made in Lucca"),
        }
        for connection in self:
            connection.api_key_source = connection._find_key()[0]
            connection.api_key_hint = hints[connection.api_key_source]

    def _key(self):
        """The key, empty where there is none. Only the HTTP client may have it."""
        return self._find_key()[1]

    def _find_key(self):
        """``(source, key)``: the first place that has one."""
        # The key is for system administrators only; the scheduler and the test act for them.
        stored = (self.sudo().api_key or "").strip()
        try:
            url = self._url()
        except InvalidHost:
            return (DATABASE, stored) if stored else (False, "")
        outside = {} if self._is_copy() else {ENVIRONMENT: environment_key, FILE: file_key}
        for source, find in outside.items():
            if key := find(url):
                return source, key
        return (DATABASE, stored) if stored else (False, "")

    def _is_copy(self):
        """Whether this database is a neutralized copy: what is around it is not for it."""
        # Only system administrators read parameters; this one is no secret.
        return bool(self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized"))

    def _check_new_key(self, key):
        """Raise ``UserError`` where Lucca refuses a key that is to replace a good one.

        The former one cannot be read back.
        """
        try:
            with closing(self._client(key)) as client:
                client.count(self._start_moment())
        except (WrongKey, AccessDenied) as error:
            words = self.env._("%s The former key is kept.", self._explain(error))
            raise UserError(words) from error
        except LuccaError:
            return  # it says nothing of the key

    def action_forget_key(self):
        """Take the key out of the database."""
        self.check_access("write")
        self.api_key = False
