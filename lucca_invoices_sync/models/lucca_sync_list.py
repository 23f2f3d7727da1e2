import logging
import zlib

from odoo import api, models

from ..lucca.documents import INVOICE, read_heading
from ..lucca.errors import InvalidDocument
from ..lucca.reading import dumps
from ..texts import explain
from ..troubles import OWN_FAILURES
from .lucca_document import to_naive_utc

_logger = logging.getLogger(__name__)


class LuccaSyncList(models.AbstractModel):
    _name = "lucca.sync.list"
    _description = "Step 1: List the Approved Documents"

    @api.model
    def _run(self, run, client):
        """Give every document that Lucca lists its row, committed page by page."""
        connection = run.connection_id
        for page in client.documents(connection._start_moment()):
            new = self._store(connection, page.items)
            run._add(listed=len(page.items), new=new)
            if page.count is not None:
                connection.remote_count = page.count
            self.env["lucca.sync"]._checkpoint(len(page.items))
        self._refresh_stale(connection, client)
        connection.known_count = self.env["lucca.document"].search_count(
            [("connection_id", "=", connection.id)]
        )

    def _refresh_stale(self, connection, client):
        """Read again what a person wants retried: it may have been corrected in Lucca."""
        stale = self.env["lucca.document"].search(
            [("connection_id", "=", connection.id), ("is_stale", "=", True)]
        )
        for document in stale:
            if document.lucca_type == INVOICE and document.lucca_id > 0:
                self._read_invoice(connection, client, document.lucca_id)
            document.is_stale = False
            self.env["lucca.sync"]._checkpoint()

    @api.model
    def _read_invoice(self, connection, client, lucca_id):
        """Give one invoice its row, or refresh it, by its id; one that is gone stays as it was."""
        try:
            self._store(connection, [client.invoice(lucca_id)])
        except OWN_FAILURES as error:
            _logger.info("Lucca invoice %s could not be read: %s", lucca_id, error)

    @api.model
    def _store(self, connection, items):
        """Make or refresh the rows of a page; return how many are new."""
        prepared = {}  # a page may hold a document twice
        currency_ids = self._currency_ids()
        for item in items:
            values = self._prepare_row(item, currency_ids)
            prepared[values["lucca_type"], values["lucca_id"]] = values
        known = self._known(connection, prepared)
        for key, document in known.items():
            self._refresh(document, prepared[key])
        new = [
            {**values, "connection_id": connection.id}
            for key, values in prepared.items()
            if key not in known
        ]
        self.env["lucca.document"].create(new)
        return len(new)

    def _known(self, connection, keys):
        found = self.env["lucca.document"].search(
            [
                ("connection_id", "=", connection.id),
                ("lucca_id", "in", [lucca_id for _type, lucca_id in keys]),
            ]
        )
        return {
            key: document
            for document in found
            if (key := (document.lucca_type, document.lucca_id)) in keys
        }

    def _refresh(self, document, values):
        """Take over what changed in Lucca, unless the document has its bill."""
        if document.state == "imported":
            if document.payment_state != values["payment_state"]:
                document.payment_state = values["payment_state"]
        elif document.payload != values["payload"]:
            decided = ("state", "reason", "message") if document.state == "ignored" else ()
            new = {name: value for name, value in values.items() if name not in decided}
            reset = {"is_resolved": False, "next_try_at": False, "accepted_reason": False}
            document.write({**new, **reset})

    def _prepare_row(self, item, currency_ids):
        """The values of a document's row, also of one that cannot be read."""
        try:
            heading = read_heading(item)
        except InvalidDocument as error:
            return self._prepare_unreadable_row(item, error)
        return {
            "lucca_type": heading.lucca_type,
            "lucca_id": heading.lucca_id,
            "number": heading.number,
            "document_date": heading.document_date,
            "lucca_created_at": to_naive_utc(heading.created_at),
            "lucca_modified_at": to_naive_utc(heading.modified_at),
            **self._prepare_amounts(heading.amounts, currency_ids),
            "conformity_state": heading.conformity_state,
            "payment_state": heading.payment_state,
            "payload": dumps(item),
            **self.env["lucca.document"]._prepare_state(heading),
        }

    def _prepare_amounts(self, amounts, currency_ids):
        if not amounts:
            return {"currency_id": False, "amount_untaxed": 0, "amount_tax": 0, "amount_total": 0}
        return {
            "currency_id": currency_ids.get(amounts.currency),
            "amount_untaxed": float(amounts.excluding_taxes),
            "amount_tax": float(amounts.total_tax),
            "amount_total": float(amounts.including_taxes),
        }

    def _currency_ids(self):
        """``{ISO code: id}``, inactive ones too."""
        currencies = self.env["res.currency"].with_context(active_test=False)
        return {currency.name: currency.id for currency in currencies.search_fetch([], ["name"])}

    def _prepare_unreadable_row(self, item, error):
        """A row for what has no type and id: its content's checksum stands for them."""
        _logger.warning("Lucca lists a document without readable type and id")
        payload = dumps(item)
        return {
            "lucca_type": INVOICE,
            "lucca_id": -(zlib.crc32(payload.encode()) & 0x7FFFFFFF) - 1,
            "payment_state": False,
            "payload": payload,
            "state": "blocked",
            "reason": error.reason,
            "message": explain(self.env, error),
        }
