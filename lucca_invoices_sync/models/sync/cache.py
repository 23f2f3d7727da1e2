from collections.abc import MutableMapping

from odoo import api, fields, models

from ...lucca.documents.reading import dumps, loads


class LuccaCache(models.Model):
    _name = "lucca.cache"
    _description = "Purchase or Supplier Read by an Unfinished Synchronisation"

    connection_id = fields.Many2one(
        "lucca.connection", required=True, ondelete="cascade", index=True, readonly=True
    )
    kind = fields.Char(required=True, readonly=True)
    lucca_id = fields.Integer(required=True, readonly=True)
    # A first import has thousands of rows. As JSON values they would take ten times the memory of text.
    payload = fields.Text(required=True, readonly=True)

    @api.model
    def _store(self, turn):
        return DatabaseStore(self, turn)

    @api.model
    def _clear(self, connection):
        self.search([("connection_id", "=", connection.id)]).unlink()


class DatabaseStore(MutableMapping):
    """A ``lucca.references.Store`` in the database: what was read, until all documents are resolved.

    ``{(kind, Lucca's id): JSON}``. Each answer is committed at once, so that Lucca is asked only once.
    """

    def __init__(self, cache, turn):
        self._cache, self._turn = cache, turn
        rows = cache.search_fetch(
            [("connection_id", "=", turn.connection.id)], ["kind", "lucca_id"]
        )
        self._ids = {(row.kind, row.lucca_id): row.id for row in rows}
        self._read = {}

    def update(self, values):
        texts = {key: dumps(value) for key, value in values.items()}
        if not texts:
            return
        connection_id = self._turn.connection.id
        rows = [
            {"connection_id": connection_id, "kind": kind, "lucca_id": lucca_id, "payload": text}
            for (kind, lucca_id), text in texts.items()
        ]
        made = self._turn.durably(lambda: self._cache.create(rows).ids)
        self._ids.update(zip(texts, made, strict=True))

    def __setitem__(self, key, value):
        self.update({key: value})

    def read_ahead(self, keys):
        """Read by one query the rows of keys that will be asked for one by one."""
        ids = [self._ids[key] for key in keys if key in self._ids]
        self._read = {row.id: row.payload for row in self._cache.browse(ids)}

    def __contains__(self, key):
        return key in self._ids  # the method of ``Mapping`` would read the row

    def __getitem__(self, key):
        row_id = self._ids[key]
        if row_id not in self._read:
            self._read[row_id] = self._cache.browse(row_id).payload
        return loads(self._read[row_id])

    def __delitem__(self, key):
        raise NotImplementedError  # ``LuccaCache._clear`` deletes all rows at once

    def __iter__(self):
        return iter(self._ids)

    def __len__(self):
        return len(self._ids)
