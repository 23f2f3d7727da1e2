import logging

from odoo import api, models

from ..bill import posting
from ..savepoints import TransactionEnded

_logger = logging.getLogger(__name__)

#: How many bills are posted in one transaction.
BATCH = 50


class LuccaSyncPost(models.AbstractModel):
    """Posts bills once their files are attached, since one may be an electronic invoice that differs."""

    _name = "lucca.sync.post"
    _description = "Step 5: Post the Bills"

    @api.model
    def _work(self, turn):
        """Post the bills that are ready, batch by batch, if the connection posts bills."""
        documents = self.env["lucca.document"]
        for company, members in (
            documents.search(
                self._domain_ready(turn.connection), order="company_id, document_date, id"
            )
            .grouped("company_id")
            .items()
        ):
            step = self.with_company(company)
            for start in range(0, len(members), BATCH):
                batch = step.env["lucca.document"].browse(members.ids[start : start + BATCH])
                yield from step._post_durably(turn, batch)

    @api.model
    def _describe_progress(self, connection):
        """Return ``(what this step does, how many documents it has left)``."""
        ready = self._domain_ready(connection)
        return self.env._("Posting bills"), self.env["lucca.document"].search_count(ready)

    def _domain_ready(self, connection):
        """Return the domain of the documents whose bills are to be posted and wait for no file.

        Each bill is tried once.
        """
        return [
            ("connection_id", "=", connection.id),
            ("is_to_post", "=", True),
            ("state", "=", "imported"),
            ("files_state", "not in", ("pending", "failed")),
        ]

    def _post_durably(self, turn, documents):
        """Post bills in one transaction. If another addon ends that, post each half in one of its own.

        Yield after each transaction that is kept, so that the slice can end there.
        """
        try:
            turn.durably(lambda: self._post(turn, documents), len(documents))
        except TransactionEnded:
            _logger.warning(
                "Lucca documents %s: another addon ended the transaction", documents.ids
            )
        else:
            yield
            return
        if len(documents) == 1:
            turn.durably(lambda: self._post(turn, documents, posting.leave))
            yield
            return
        middle = len(documents) // 2
        yield from self._post_durably(turn, documents[:middle])
        yield from self._post_durably(turn, documents[middle:])

    def _post(self, turn, documents, post=posting.post):
        """Post bills, or do with them what ``post`` does, and remember that this was tried."""
        ready = documents.exists().filtered_domain(self._domain_ready(turn.connection))
        if turn.connection.auto_post:
            # A person was told about bills whose document changed in Lucca, and decides about them.
            post(ready.filtered(lambda document: not document.is_changed))
        ready.is_to_post = False  # not before: if another addon commits meanwhile, those that are left are tried again
