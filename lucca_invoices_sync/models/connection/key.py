from contextlib import closing

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lucca.api.errors import AccessDenied, InvalidHost, WrongKey
from ...lucca.api.hosts import may_get_key
from ...lucca.errors import LuccaError
from ..messages import Messages, in_words
from . import secret

_lt = Messages(__name__)

ENVIRONMENT, FILE, DATABASE = "environment", "file", "database"


class LuccaConnection(models.Model):
    """The API key of a connection: from the environment, ``odoo.conf`` or the database."""

    _inherit = "lucca.connection"

    api_key = secret.SecretChar(
        string="API Key",
        compute="_compute_api_key",
        inverse="_inverse_api_key",
        groups="base.group_system",
        copy=False,
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

    def init(self):
        secret.create_table(self.env.cr)
        return super().init()

    def _compute_api_key(self):
        self.api_key = False

    def _inverse_api_key(self):
        for connection in self:
            connection._replace_key((connection.api_key or "").strip())
        # The typed key must not stay in the cache of the ORM.
        self.invalidate_recordset(["api_key"])

    @api.model
    def _check_api_key(self, api_key):
        """Raise ``UserError`` for a text that cannot be a key."""
        if not api_key.isprintable():
            raise UserError(
                self.env._("This API key has characters that no key has: copy it again from Lucca.")
            )

    def _replace_key(self, api_key):
        self._check_api_key(api_key)
        if api_key:
            secret.keep_key(self.env.cr, self.id, self.host, api_key)
        else:
            secret.forget_keys(self.env.cr, self.ids)

    @api.depends("host", "api_key")
    def _compute_api_key_source(self):
        hints = {
            ENVIRONMENT: self.env._("Set in the environment"),
            FILE: self.env._("Set in odoo.conf"),
            DATABASE: self.env._("Set: type to replace it"),
            False: self.env._("The key made in Lucca"),
        }
        kept = secret.find_keys(self.env.cr, self._origin.ids)
        for connection in self:
            source, _api_key = connection._find_key(kept.get(connection._origin.id))
            connection.api_key_source = source
            connection.api_key_hint = hints[source]

    def _key(self):
        """Return the key, empty if there is none. Only the HTTP client may have it."""
        kept = secret.find_keys(self.env.cr, self._origin.ids)
        return self._find_key(kept.get(self._origin.id))[1]

    def _find_key(self, kept):
        """Return ``(source, key)`` of the first source that has a key; ``(False, "")`` if none has.

        :param kept: ``(host, key)`` from this database, or None
        """
        try:
            url = self._url()
        except InvalidHost:
            return False, ""
        if not self._is_copy():
            if api_key := secret.environment_key(url):
                return ENVIRONMENT, api_key
            if api_key := secret.file_key(url, self.env.cr.dbname):
                return FILE, api_key
        if kept and may_get_key(url, kept[0]):
            return DATABASE, kept[1]
        return False, ""

    def _is_copy(self):
        """Return whether this database is a neutralized copy, which must not use keys from outside."""
        # Only system administrators may read parameters; this one is no secret.
        return bool(self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized"))

    def _check_new_key(self, api_key):
        """Raise ``UserError`` if Lucca refuses a new key: the former one could not be restored."""
        try:
            with closing(self._client(api_key)) as client:
                client.count(self._start_moment())
        except (WrongKey, AccessDenied) as error:
            words = in_words(self.env, _lt("%s The former key is kept.", self._explain(error)))
            raise UserError(words) from error
        except LuccaError:
            return  # this error does not mean that the key is wrong

    def action_forget_key(self):
        """Delete the key from the database."""
        self.check_access("write")
        self.api_key = False
