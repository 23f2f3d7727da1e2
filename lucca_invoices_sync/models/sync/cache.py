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
    payload = fields.Text(required=True, readonly=True)

    @api.model
    def _store(self, connection):
        return Store(self, connection)

    @api.model
    def _clear(self, connection):
        self.search([("connection_id", "=", connection.id)]).unlink()


class Store(MutableMapping):
    """What ``lucca.references.References`` has read, kept until the documents are resolved.

    So a synchronisation that has to wait for its request budget asks for nothing twice.
    """

    def __init__(self, cache, connection):
        self._cache, self._connection = cache, connection
        rows = cache.search_fetch(
            [("connection_id", "=", connection.id)], ["kind", "lucca_id", "payload"]
        )
        # As text: a first import has thousands, and as values they take ten times the memory.
        self._known = {(row.kind, row.lucca_id): row.payload for row in rows}

    def update(self, values):
        texts = {key: dumps(value) for key, value in values.items()}
        self._known |= texts
        self._cache.create(
            [
                {
                    "connection_id": self._connection.id,
                    "kind": kind,
                    "lucca_id": lucca_id,
                    "payload": text,
                }
                for (kind, lucca_id), text in texts.items()
            ]
        )

    def __setitem__(self, key, value):
        self.update({key: value})

    def __getitem__(self, key):
        return loads(self._known[key])

    def __delitem__(self, key):
        raise NotImplementedError  # all of it goes at once

    def __iter__(self):
        return iter(self._known)

    def __len__(self):
        return len(self._known)
