from odoo import api, fields, models


class LuccaSyncWatch(models.Model):
    """A user who waits for the end of a synchronisation.

    Rows are only inserted and deleted, so they never conflict with a running synchronisation.
    """

    _name = "lucca.sync.watch"
    _description = "Who Waits for a Synchronisation with Lucca"

    connection_id = fields.Many2one(
        "lucca.connection", required=True, ondelete="cascade", index=True, readonly=True
    )
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade", readonly=True)
    since = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    is_full_check = fields.Boolean(
        string="Full Check",
        readonly=True,
        help="The user waits until the full check is done, not only for the end of a synchronisation.",
    )
    companies = fields.Json(
        default=lambda self: self.env.companies.ids,
        readonly=True,
        help="The ids of the companies that the user had selected.",
    )

    def _companies(self):
        """Return the companies whose documents the user's screens show."""
        companies = self.user_id.company_ids
        return companies.filtered(lambda one: one.id in (self.companies or ())) or companies

    @api.model
    def _of(self, connection):
        """Return the rows of the users who wait for a connection, the oldest first."""
        return self.search([("connection_id", "=", connection.id)], order="since")

    @api.model
    def _is_newer(self, connection, moment):
        """Return whether a user began to wait after a moment."""
        mine = [("connection_id", "=", connection.id), ("since", ">", moment)]
        return bool(self.search_count(mine, limit=1))

    @api.model
    def _watch(self, connections, is_full_check=False):
        """Show the current user the progress and result of the synchronisation of connections.

        :param is_full_check: whether the user waits for a full check
        """
        values = {"user_id": self.env.uid, "is_full_check": is_full_check}
        self.create([{"connection_id": one.id, **values} for one in connections])
