from datetime import datetime

from odoo import api, fields, models

from ...lucca.api.errors import NotFound, RequestRefused
from ...lucca.api.paging import Place
from ...lucca.completeness import Count, Finished, Listing, Survey
from ...lucca.documents.booked_documents import INVOICE
from ..times import to_aware


class LuccaSyncList(models.AbstractModel):
    _name = "lucca.sync.list"
    _description = "Step 1: List the Approved Documents"

    @api.model
    def _run(self, run, client):
        """Give every approved document its row, committed page by page, and count the proof."""
        connection = run.connection_id
        survey = self._survey(connection)
        doubtful, stale = self.env["lucca.document"]._restless(connection)
        if connection.listing:
            self._go_on(run, client, survey)
        elif doubtful:
            self._read(run, client, survey, self._listing_since(survey, doubtful))
        step = survey.next_step()
        while not isinstance(step, Finished):
            step = self._advance(run, client, survey, step)
        self._conclude(connection, survey, step)
        self._refresh(run, client, stale)

    def _advance(self, run, client, survey, step):
        """Do a step of the survey; return the next one."""
        if not isinstance(step, Count):
            self._read(run, client, survey, step)
            return survey.next_step()
        survey.counted(step.since, client.count(step.since))
        following = survey.next_step()
        if not isinstance(following, Finished):  # which asks Lucca for more
            run.connection_id.survey = survey.as_json()
            self.env["lucca.sync"]._checkpoint()
        return following

    def _survey(self, connection):
        def known(since):
            return self.env["lucca.document"]._count_known(connection, since)

        if connection.survey:
            return Survey.from_json(connection.survey, known)
        return Survey(
            start=connection._start_moment(),
            now=to_aware(fields.Datetime.now()),
            last=to_aware(connection.last_listed_at),
            known=known,
            unlisted=connection.unlisted_count,
            is_audit=connection._is_audit_due(),
        )

    def _listing_since(self, survey, document):
        """From a document's creation on: counting does not tell that it is approved by now."""
        created = to_aware(document.lucca_created_at) or survey.start
        return Listing(max(created, survey.start), is_whole=created <= survey.start)

    def _conclude(self, connection, survey, finished):
        """Keep what was found: the two counts, and whether they prove that nothing is missing."""
        missing = finished.missing
        connection.write(
            {
                "survey": False,
                "known_count": finished.known,
                "remote_count": finished.known + (missing or 0),
                "is_counted": missing is not None,
                "last_listed_at": survey.now.replace(tzinfo=None),
                **(
                    {"unlisted_count": missing}
                    if missing is not None and finished.is_settled
                    else {}
                ),
            }
        )

    # --- reading --------------------------------------------------------------------------------

    def _read(self, run, client, survey, step):
        """Read a ``Listing`` from its first page on."""
        connection = run.connection_id
        connection.listing_number += 1
        listing = {
            "since": step.since.isoformat(),
            "is_whole": step.is_whole,
            "number": connection.listing_number,
        }
        self._read_pages(run, client, survey, listing)

    def _go_on(self, run, client, survey):
        """Read on where an interrupted listing was, if Lucca still knows that place."""
        connection = run.connection_id
        try:
            self._read_pages(run, client, survey, connection.listing)
        except (NotFound, RequestRefused):
            if "place" not in (connection.listing or {}):
                raise
            connection.listing = False
            self.env["lucca.sync"]._checkpoint()

    def _read_pages(self, run, client, survey, listing):
        """Store page by page; leave a window early when it has given all that was missing.

        :param listing: what ``lucca.connection.listing`` keeps: since, is_whole, number, place
        """
        connection = run.connection_id
        since = datetime.fromisoformat(listing["since"])
        for page in client.documents(since, Place(**listing.get("place", {}))):
            new = self.env["lucca.sync.row"]._store(run, page.items, self._whole_number(listing))
            run._add(listed=len(page.items), new=new)
            following = page.following and {**listing, "place": page.following.as_json()}
            is_enough = survey.is_enough(since, page.count) and not listing["is_whole"]
            connection.listing = False if is_enough else following or False
            self.env["lucca.sync"]._checkpoint(len(page.items))
            if is_enough:
                break
        self._finish(run, survey, listing)

    def _whole_number(self, listing):
        """What marks the documents that a whole listing shows; 0 for a window."""
        return listing["number"] if listing["is_whole"] else 0

    def _finish(self, run, survey, listing):
        """After a whole listing: what it did not show is withdrawn, if the counts say so, too."""
        connection, since = run.connection_id, datetime.fromisoformat(listing["since"])
        if not listing["is_whole"]:
            survey.listed(since)
            return
        unseen = self.env["lucca.document"]._unseen_in(connection, listing["number"])
        if survey.listed(since, len(unseen)):
            unseen._withdraw(run)
        connection.last_audit_at = fields.Datetime.now()
        self.env["lucca.sync"]._checkpoint()

    # --- single documents -----------------------------------------------------------------------

    def _refresh(self, run, client, stale):
        """Read again what a person wants retried: it may have been corrected in Lucca."""
        for document in stale:
            if document.lucca_type == INVOICE and document.lucca_id > 0:
                self.env["lucca.sync.row"]._read_invoice(run, client, document.lucca_id)
            document.is_stale = False
            self.env["lucca.sync"]._checkpoint()
