import logging
import zlib

from odoo import api, models

from ...lucca.api.errors import InvalidDocument
from ...lucca.documents.booked_documents import INVOICE, read_heading
from ...lucca.documents.reading import dumps
from ..texts import explain
from ..times import to_naive_utc
from ..troubles import OWN_FAILURES

_logger = logging.getLogger(__name__)


class LuccaSyncRow(models.AbstractModel):
    _name = "lucca.sync.row"
    _description = "What Lucca Lists as Rows"

    @api.model
    def _read_invoice(self, run, client, lucca_id):
        """Give one invoice its row, or refresh it, by its id; one that is gone stays as it was."""
        try:
            self._store(run, [client.invoice(lucca_id)])
        except OWN_FAILURES as error:
            _logger.info("Lucca invoice %s could not be read: %s", lucca_id, error)

    @api.model
    def _store(self, run, items, listing_number=0):
        """Make or refresh the rows of a page; return how many are new.

        :param listing_number: of a whole listing, which marks all rows that it shows
        """
        connection = run.connection_id
        prepared = {}  # a page may hold a document twice
        currency_ids = self.env["res.currency"]._id_by_code()
        for item in items:
            values = self._prepare_row(item, currency_ids)
            prepared[values["lucca_type"], values["lucca_id"]] = values
        known = self._known(connection, prepared)
        for key, document in known.items():
            document._take_over(run, prepared[key])
        self.env["lucca.document"].union(*known.values())._mark_seen(listing_number)
        new = [
            {**values, "connection_id": connection.id, "seen_in": listing_number}
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
        found.fetch(["payload"])  # it is not prefetched, and all of the page is compared
        return {
            key: document
            for document in found
            if (key := (document.lucca_type, document.lucca_id)) in keys
        }

    # --- values ---------------------------------------------------------------------------------

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
            "payment_date": heading.payment_date,
            "purchase_lucca_id": heading.purchase_id,
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
