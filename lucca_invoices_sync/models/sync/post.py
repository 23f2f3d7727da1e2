from odoo import api, models

from ..bill import posting

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
                turn.durably(lambda s=step, t=turn, b=batch: s._post(t, b), len(batch))
                yield

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

    def _post(self, turn, documents):
        ready = documents.exists().filtered_domain(self._domain_ready(turn.connection))
        ready.is_to_post = False
        if turn.connection.auto_post:
            # A person was told about bills whose document changed in Lucca, and decides about them.
            posting.post(ready.filtered(lambda document: not document.is_changed))
