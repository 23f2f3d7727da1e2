from datetime import datetime
from functools import partial

from odoo import api, fields, models

from ...lucca.api.errors import TooLarge
from ...lucca.api.paging import Place
from ...lucca.completeness import Count, Finished, Listing, Survey
from ...lucca.documents.booked_documents import INVOICE
from ..messages import Messages
from ..times import to_aware, to_naive_utc
from ..troubles import OWN_FAILURES
from . import known, rows
from .turn import TOLD_AT_ONCE

_lt = Messages(__name__)


class LuccaSyncList(models.AbstractModel):
    _name = "lucca.sync.list"
    _description = "Step 1: List the Approved Documents"

    @api.model
    def _work(self, turn):
        """Create a row for each approved document, committed page by page, and count to prove it."""
        doubtful, stale = known.find_restless(turn.connection)
        yield from self._read_stale(turn, stale)
        restless = doubtful | stale.exists().filtered("is_stale")
        was_begun = bool(turn.state.survey)
        try:
            yield from self._survey_all(turn, restless)
            yield from self._follow_request(turn, was_begun)
        except OWN_FAILURES:
            self._learn_counts(turn)
            yield from self._look_for_new(turn)
            raise
        turn.list_was_asked()

    def _follow_request(self, turn, was_begun):
        """Do what a person asked for while the list was being read already: a full check, or a document once more.

        :param was_begun: whether an earlier turn began to read the list: documents may have been retried since
        """
        late = known.find_restless(turn.connection)[1] if was_begun else None
        if late or turn.connection._is_audit_asked_for(turn.newest("last_audit_at")):
            yield
            yield from self._survey_all(turn, late)

    def _learn_counts(self, turn):
        """Keep what an unfinished survey has counted, so that the connection claims no more than that."""
        connection = turn.connection
        start = connection._start_moment()
        counts = dict((turn.state.survey or {}).get("counts", ()))
        remote = counts.get(start.isoformat())
        if remote is not None:
            known_count = known.count_known(connection, start, start)
            turn.learnt.update(remote_count=remote, known_count=known_count, is_counted=True)

    def _look_for_new(self, turn):
        """List new documents although a reading of known ones failed. That keeps its place for the next time."""
        state = turn.state
        failed = {"survey": state.survey, "listing": state.listing}
        is_of_known = (state.survey or {}).get("is_audit") or (state.listing or {}).get("stale")
        if not turn.connection.last_listed_at or not is_of_known:
            return
        turn.durably(lambda: state.write({"survey": False, "listing": False}))
        yield from self._survey_all(turn, restless=None, with_audit=False)
        if (failed["survey"] or {}).get("is_audit"):
            yield
            yield from self._list_stale(turn)
        turn.durably(lambda: state.write(failed))

    def _list_stale(self, turn):
        """Read the list from the day of the oldest retried document on, although a full check fails."""
        stale = known.find_restless(turn.connection)[1]
        newer = stale - stale.filtered_domain(stale._domain_older(turn.connection))
        if not newer:
            return
        try:
            yield from self._survey_all(turn, newer, with_audit=False)
        except OWN_FAILURES:
            return

    @api.model
    def _describe_progress(self, _connection):
        """Return ``(what this step does, None)``: how much is left is unknown."""
        return self.env._("Reading Lucca's list"), None

    def _survey_all(self, turn, restless, with_audit=True):
        """Count and list until no document is missing that Lucca lists.

        A full check begins before the start date if Odoo works on documents from before it. That is a
        survey of its own, and is followed by the one that counts since the start date.

        :param restless: documents that are looked for whatever Lucca counts: the list is read from the day of the
            oldest one on. Counting shows neither that the own state of a document is approved by now, nor that a
            document was corrected, which a person retries and Lucca does not give by its id
        """
        survey = self._find_survey(turn, with_audit, restless)
        if _is_of_older(turn, survey):
            yield from self._survey_from(turn, survey, restless)
            yield
            survey, restless = self._find_survey(turn, with_audit=False), None
        yield from self._survey_from(turn, survey, restless)

    def _survey_from(self, turn, survey, restless):
        """Do a survey to its end, from the place where an earlier turn left it."""
        if turn.state.listing:
            yield from self._read_on(turn, survey)
        elif restless and not turn.state.survey:
            task = survey.next_task() if survey.is_audit else _listing_since(survey, restless)
            stale = restless.filtered("is_stale").ids
            yield from self._begin_listing(turn, survey, task, stale)
        task = survey.next_task()
        while not isinstance(task, Finished):
            if isinstance(task, Count):
                survey.record_count(task.since, turn.client.count(task.since))
                task = survey.next_task()
                if not isinstance(task, Finished):  # more requests follow, so this answer is kept
                    turn.durably(lambda: turn.state.write({"survey": survey.as_json()}))
                    yield
            else:
                yield from self._begin_listing(turn, survey, task)
                task = survey.next_task()
        self._conclude(turn, survey, task)

    def _find_survey(self, turn, with_audit, restless=None):
        """Return the ``Survey`` that an earlier turn began, else a new one.

        Only an audit reads documents from before the start date.
        """
        connection, state = turn.connection, turn.state
        if state.survey:
            start = datetime.fromisoformat(state.survey["start"])
            return Survey.from_json(state.survey, partial(known.count_known, connection, start))
        usual = connection._start_moment()
        is_due = connection._is_audit_due(turn.newest("last_audit_at"), state.unread_count)
        is_audit = with_audit and (is_due or _has_older(connection, restless))
        if is_audit:
            turn.client.learn_again()
        start = known.find_check_start(connection) if is_audit else usual
        return Survey(
            start=start,
            now=to_aware(fields.Datetime.now()),
            last=to_aware(turn.newest("last_listed_at")) or None,
            known=partial(known.count_known, connection, start),
            unlisted=state.older_unlisted if start < usual else turn.newest("unlisted_count"),
            is_audit=is_audit,
        )

    def _conclude(self, turn, survey, finished):
        """Keep the two counts, and whether they prove that nothing is missing."""
        missing = finished.missing
        if _is_of_older(turn, survey):
            values = {"survey": False}
            if missing is not None and finished.is_settled:
                values["older_unlisted"] = missing
            turn.durably(lambda: turn.state.write(values))
            return
        turn.learnt.update(
            known_count=finished.known,
            remote_count=finished.known + (missing or 0),
            is_counted=missing is not None,
            last_listed_at=fields.Datetime.to_string(to_naive_utc(survey.now)),
        )
        if missing is not None and finished.is_settled:
            turn.learnt["unlisted_count"] = missing
        if turn.state.survey:
            turn.durably(lambda: turn.state.write({"survey": False}))

    # --- reading --------------------------------------------------------------------------------

    def _begin_listing(self, turn, survey, task, stale=()):
        """Read a ``Listing`` from its first page.

        :param stale: the ids of the documents that were retried before, and wait for what it says of them
        """
        state = turn.state
        listing = {
            "since": task.since.isoformat(),
            "is_whole": task.is_whole,
            "number": state.listing_number + 1,
            "stale": list(stale),
        }
        # A place that was at fault before need not fail several times again.
        if state.unread_count:
            listing["place"] = Place(patience=0).as_json()
        turn.durably(
            lambda: state.write(
                {
                    "survey": survey.as_json(),
                    "listing": listing,
                    "listing_number": listing["number"],
                    "listings_begun": state.listings_begun + 1,
                }
            )
        )
        yield from self._read_pages(turn, survey, listing)

    def _read_on(self, turn, survey):
        """Continue an interrupted listing."""
        listing = turn.state.listing
        if listing.get("is_read"):
            yield from self._withdraw_unseen(turn, survey, listing)
        else:
            yield from self._read_pages(turn, survey, listing)

    def _read_pages(self, turn, survey, listing):
        """Read and store page by page; stop early once a listing gave all that was missing.

        :param listing: as ``_begin_listing`` makes it, and ``"place"`` to continue at. Once the last page is read,
            it has ``"is_read"`` until the documents that it did not contain are withdrawn
        """
        since, place = datetime.fromisoformat(listing["since"]), listing.get("place", {})
        reading = turn.client.documents(since, Place(**place))
        while page := self._next_page(turn, reading):
            if page.skipped:
                left_out = _left_out(turn.state.listing, page)
                turn.fail(*_describe_skipped(since, page.error, left_out))
            before = survey.as_json()

            def store(page=page, before=before):
                # After a conflict this runs again, and the survey must count the page only once.
                survey.restore(before)
                return self._store_page(turn, survey, turn.state.listing, page)

            is_read = turn.durably(store, processed=len(page.items) or 1)
            yield
            if is_read:
                break
        yield from self._withdraw_unseen(turn, survey, listing)

    def _next_page(self, turn, reading):
        """Return the next page; if it fails, keep where the next synchronisation goes on."""
        try:
            return next(reading, None)
        except OWN_FAILURES as error:
            if error.place:
                listing = {**turn.state.listing, "place": error.place.as_json()}
                turn.durably(lambda: turn.state.write({"listing": listing}))
            raise

    def _store_page(self, turn, survey, listing, page):
        """Store a page's documents, and the place of the next page; return whether it is the last."""
        since = datetime.fromisoformat(listing["since"])
        number = listing["number"] if listing["is_whole"] else 0
        is_older = _is_of_older(turn, survey)
        new_since = to_naive_utc(turn.connection._start_moment()) if is_older else None
        stale = self.env["lucca.document"].browse(listing.get("stale", ()))
        new = rows.store(turn, page.items, number, new_since, stale.ids)
        # A person may retry a document once more after its page was read.
        listing = {**listing, "stale": stale.exists().filtered("is_stale").ids}
        listing["unread"] = listing.get("unread", 0) + page.skipped
        listing["left_out"] = _left_out(listing, page)
        turn.add(listed=len(page.items))
        turn.add_documents(new=new)
        if page.is_answered:
            survey.record_page(since, page.count)
        is_enough = survey.is_enough(since) and not listing["is_whole"]
        following = not is_enough and page.following
        if following:
            left = {**listing, "place": following.as_json()}
        else:
            left = self._end_listing(turn, survey, listing, since) and {**listing, "is_read": True}
        turn.state.write(
            {
                "survey": survey.as_json(),
                "listing": left,
                **({} if following else {"listings_begun": 0}),
            }
        )
        return not following

    def _end_listing(self, turn, survey, listing, since):
        """Conclude a listing; return whether the documents that a whole one did not contain are withdrawn."""
        unread = listing["unread"]
        self._withdraw_stale(turn, listing.get("stale", ()), unread)
        if not listing["is_whole"]:
            turn.state._change(unread_count=max(unread, turn.state.unread_count))
            survey.record_listing(since, unread=unread)
            return False
        turn.state._change(unread_count=unread)
        unseen = len(known.find_unseen(turn.connection, survey.start, listing["number"]))
        is_withdrawn = survey.record_listing(since, unseen, unread) and unseen > 0
        if survey.is_audit:
            self.env["lucca.sync.purchases"]._begin(turn)
        if survey.is_audit or survey.start == known.find_check_start(turn.connection):
            # What changes in Lucca while the list is read may be on a page that was read before.
            turn.learnt["last_audit_at"] = fields.Datetime.to_string(to_naive_utc(survey.now))
        return is_withdrawn

    def _withdraw_stale(self, turn, ids, unread):
        """Withdraw the documents for whose sake a listing was made, and that it did not contain.

        If it missed one because the pages shifted, counting finds that one again, or the next full check does.

        :param unread: how many documents of the list could not be read. They may be these ones
        """
        unlisted = self.env["lucca.document"].browse(ids).exists().filtered("is_stale")
        unlisted.is_stale = False
        if not unread:
            unlisted.filtered(lambda one: one._is_approved())._withdraw(turn)

    def _withdraw_unseen(self, turn, survey, listing):
        """Withdraw the documents that a whole listing did not contain, piece by piece, if ``_end_listing`` said so."""

        def withdraw():
            unseen = known.find_unseen(
                turn.connection, survey.start, listing["number"], limit=TOLD_AT_ONCE
            )
            unseen._withdraw(turn)
            if len(unseen) < TOLD_AT_ONCE:
                turn.state.listing = False

        while (turn.state.listing or {}).get("is_read"):
            turn.durably(withdraw, TOLD_AT_ONCE)
            yield

    # --- single documents -----------------------------------------------------------------------

    def _read_stale(self, turn, stale):
        """Read again the documents that a person retried: they may have been corrected in Lucca.

        Credit notes cannot be read by their ids. Once Lucca does not give an invoice by its id, the others are not
        asked for either. The list shows them all.
        """
        listed = set((turn.state.listing or {}).get("stale", ()))
        for document in stale.filtered(lambda one: one.id not in listed and _may_be_read(one)):
            try:
                item = turn.client.invoice(document.lucca_id)
            except OWN_FAILURES:
                return
            turn.durably(lambda d=document, i=item: rows.store(turn, [i], stale=d.ids))
            yield


def _may_be_read(document):
    """Return whether Lucca gives a document by its id."""
    return document.lucca_type == INVOICE and document.lucca_id > 0


def _listing_since(survey, documents):
    """Return the ``Listing`` that contains the oldest of these documents, and all newer ones."""
    since = min(to_aware(one.lucca_created_at) or survey.start for one in documents)
    return Listing(max(since, survey.start), is_whole=since <= survey.start)


def _has_older(connection, documents):
    """Return whether some of these documents are from before the start date."""
    return bool(documents and documents.filtered_domain(documents._domain_older(connection)))


def _is_of_older(turn, survey):
    """Return whether a survey begins before the start date, for documents that Odoo works on."""
    return survey.start < turn.connection._start_moment()


def _describe_skipped(since, error, left_out):
    """Return ``(key, message)`` on the documents that a listing left out.

    :param error: why the last one was left out
    :param left_out: the numbers in the list of those that Lucca cannot send
    """
    if isinstance(error, TooLarge):
        return "too_large", _lt(
            "Lucca's list has a document that is too large to be read (over 16 MB): find it in Lucca,"
            " and enter its bill by hand."
        )
    return "unread", _lt(
        "Lucca's list has documents that Lucca cannot send, by their numbers in the list of those created since"
        " %(day)s: %(numbers)s. The others come. These are asked for again every day. If that does not help, tell"
        " Lucca's support, and enter their bills by hand.",
        day=since.date(),
        numbers=", ".join(map(str, left_out)),
    )


def _left_out(listing, page):
    """Return the numbers of the documents that a listing left out so far, which Lucca cannot send."""
    numbers = listing.get("left_out", [])
    if not page.skipped or isinstance(page.error, TooLarge):
        return numbers
    return [*numbers, page.following.seen if page.following else page.count]
