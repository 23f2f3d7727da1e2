from odoo import api, fields, models

#: The version of the contents of the JSON fields. Raise it when their form changes: values of an older
#: version are then dropped, and the steps begin again.
VERSION = 2
#: The fields that are emptied at the end of a synchronisation.
OF_ONE_SYNCHRONISATION = (
    "run_id",
    "is_working",
    "is_cut_short",
    "step",
    "step_since",
    "slice_end",
    "learnt",
    "errors",
)
#: The fields that are emptied when the connection gets another account, key or start date.
OF_ONE_ACCOUNT = (
    "survey",
    "listing",
    "listings_begun",
    "purchases",
    "suppliers",
    "purchase_audit",
    "are_purchases_unread",
    "older_unlisted",
    "unread_count",
)


class LuccaSyncState(models.Model):
    """What an unfinished synchronisation needs to continue.

    It is not on the connection's row, which people edit at the same time.
    """

    _name = "lucca.sync.state"
    _description = "State of a Synchronisation with Lucca Invoices"
    _rec_name = "connection_id"

    connection_id = fields.Many2one(
        "lucca.connection", required=True, ondelete="cascade", readonly=True
    )
    version = fields.Integer(default=VERSION, readonly=True)
    generation = fields.Integer(
        readonly=True, help="It grows when the account, its key or the start date changes."
    )
    run_id = fields.Many2one(
        "lucca.sync.run",
        ondelete="set null",
        readonly=True,
        help="The synchronisation that is running.",
    )
    is_working = fields.Boolean(
        readonly=True, help="A process is working on it, or was killed while it did."
    )
    is_cut_short = fields.Boolean(readonly=True, help="A step stopped before its work was done.")
    step = fields.Char(readonly=True, help="The step that is being done.")
    step_since = fields.Datetime(readonly=True)
    slice_end = fields.Float(
        readonly=True,
        help="The end of the scheduler's slice that was used up last (its own clock).",
    )
    is_looking = fields.Boolean(
        readonly=True, help="Documents still have the marks of a first look."
    )
    learnt = fields.Json(readonly=True, help="What is written on the connection at the end.")
    errors = fields.Json(readonly=True, help="Why a step did not do all of its work, by step.")
    survey = fields.Json(readonly=True, help="What counting and listing have found so far.")
    listing = fields.Json(
        readonly=True, help="The place in the list of documents where reading continues."
    )
    listing_number = fields.Integer(readonly=True, help="The number of the last listing begun.")
    listings_begun = fields.Integer(
        readonly=True, help="Listings that were begun since the last one came to an end."
    )
    purchases = fields.Json(
        readonly=True, help="The place in the list of purchases where reading continues."
    )
    suppliers = fields.Json(
        readonly=True, help="The place in the list of suppliers where reading continues."
    )
    older_unlisted = fields.Integer(
        readonly=True,
        help="Documents that a full check from before the start date counts, and of which Odoo has none.",
    )
    unread_count = fields.Integer(
        string="Not Read",
        readonly=True,
        help="Documents of the list that could not be read when all were listed last, or since then.",
    )
    purchase_audit = fields.Json(
        string="Purchase Check",
        readonly=True,
        help="The place in the list of purchases where a full check continues, and the purchases before"
        " it whose changes are being taken over.",
    )
    are_purchases_unread = fields.Boolean(
        string="Purchases Not Checked",
        readonly=True,
        help="The last full check could not read the purchases to their end.",
    )

    _connection_uniq = models.UniqueIndex("(connection_id)", "This connection has a state already.")

    @api.model
    def _of(self, connection):
        """Return the state of a connection, emptied if an older version of this addon wrote it."""
        state = self._find(connection)
        if state.version == VERSION:
            return state
        state = state or self.create({"connection_id": connection.id})
        state._drop()
        self.env["ir.cron"]._commit_progress()  # a turn begins with a committed state
        return state

    @api.model
    def _find(self, connection):
        """Return the state of a connection, read from the database by one query."""
        names = [name for name, field in self._fields.items() if field.store and field.column_type]
        return self.search_fetch([("connection_id", "=", connection.id)], names)

    def _change(self, **values):
        """Write the values that changed, which are few from one commit to the next."""
        changed = {name: value for name, value in values.items() if self[name] != value}
        if changed:
            self.write(changed)

    def _forget(self):
        """Empty the fields of a synchronisation that ended."""
        nothing = self.browse()
        self._change(**{name: nothing[name] for name in OF_ONE_SYNCHRONISATION})

    def _drop(self):
        """Empty all fields, so that all steps begin again."""
        self.run_id._close()
        nothing = self.browse()
        empty = {name: nothing[name] for name in (*OF_ONE_SYNCHRONISATION, *OF_ONE_ACCOUNT)}
        for state in self:
            state.write({**empty, "version": VERSION, "generation": state.generation + 1})
