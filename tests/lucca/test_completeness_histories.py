"""Random histories of Lucca and of failures end with exactly the approved documents in the database."""

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from lucca.completeness import Count, Finished, Survey
from lucca.documents.reading import dumps, loads

from .helpers import examples

START = datetime(2025, 1, 1, tzinfo=timezone.utc)
PAGE = 4
#: How many days before now a document was created, and which of several is meant, as a share of them.
AGES, SHARES = st.floats(0, 399), st.floats(0, 1, exclude_max=True)


def one_of(documents, share):
    """Return the document at a share of the sorted documents."""
    return sorted(documents)[int(share * len(documents))]


class Fault(Exception):
    """The request failed, or the process was killed."""


class Histories(RuleBasedStateMachine):
    """Lucca's documents are ids with a moment of creation. Ours are the ids that a page has shown."""

    @initialize(ages=st.lists(AGES, max_size=40))
    def begin(self, ages):
        self.now = START + timedelta(days=400)
        self.created, self.approved = {}, set()
        self.ours, self.seen, self.withdrawn = set(), {}, set()
        self.always = set()
        self.hidden = set()
        self.last, self.unlisted, self.listing = None, 0, None
        self.interrupted = None
        self.number = 0
        self.meanwhile = []
        self.faults = 0
        self.pages_give_count = True
        for age in ages:
            self.create(age, is_approved=True)

    # --- what happens in Lucca

    @rule(age=AGES, is_approved=st.booleans())
    def create(self, age, is_approved):
        identifier = len(self.created)
        self.created[identifier] = self.now - timedelta(days=age)
        if is_approved:
            self.approved.add(identifier)

    @rule(share=SHARES)
    def approve_late(self, share):
        if waiting := self.created.keys() - self.approved:
            self.approved.add(one_of(waiting, share))

    @rule(share=SHARES)
    def withdraw(self, share):
        if self.approved:
            gone = one_of(self.approved, share)
            self.approved.remove(gone)
            self.always.discard(gone)

    @rule(share=SHARES)
    def stop_listing(self, share):
        """Make Lucca count a document that it does not list, from now on."""
        if new := self.approved - self.ours - self.hidden:
            self.hidden.add(one_of(new, share))

    @rule()
    def change_pages(self):
        """Make Lucca's pages stop saying how many documents the whole list has, or begin again."""
        self.pages_give_count = not self.pages_give_count

    @rule(age=AGES)
    def create_during_the_next_listing(self, age):
        self.meanwhile.append(partial(self.create, age, is_approved=True))

    @rule(happening=st.sampled_from(["approve_late", "withdraw"]), share=SHARES)
    def change_during_the_next_listing(self, happening, share):
        self.meanwhile.append(partial(getattr(self, happening), share))

    @rule(hours=st.floats(0.01, 1000))
    def time_goes_by(self, hours):
        self.now += timedelta(hours=hours)

    @rule(number=st.integers(1, 3))
    def requests_fail(self, number):
        self.faults += number

    # --- what the addon does

    @rule()
    def synchronise(self):
        with suppress(Fault):
            self.run()

    @rule()
    def audit(self):
        with suppress(Fault):
            self.run(is_audit=True)

    @rule()
    def lucca_rests(self):
        """Assert that one synchronisation or at the latest an audit makes both sets equal, once Lucca rests.

        Only a document that left Lucca's list unnoticed can hide another one from a
        synchronisation. One that is wrongly held for withdrawn comes back.
        """
        self.meanwhile, self.faults = [], 0
        if self.interrupted or self.listing:
            self.run()
        unnoticed = self.ours - self.withdrawn - self.approved
        self.run()
        assert unnoticed or self.hidden or self.ours - self.withdrawn == self.approved
        self.run(is_audit=True)
        assert self.ours - self.withdrawn == self.approved - self.hidden
        assert self.run() == 1, "an idle synchronisation is one question"
        pages = -(-len(self.approved - self.hidden) // PAGE) or 1
        assert self.run(is_audit=True) <= pages + 1, "an audit reads each page once"

    def survey(self, is_audit=False):
        if self.interrupted:
            return Survey.from_json(loads(self.interrupted), self.known)
        return Survey(
            start=START,
            now=self.now.replace(microsecond=0),
            last=self.last,
            known=self.known,
            unlisted=self.unlisted,
            is_audit=is_audit,
            page_size=PAGE,
        )

    def keep(self, survey):
        """Commit what the survey knows. Assert that the restored survey equals it."""
        self.interrupted = dumps(survey.as_json())
        assert Survey.from_json(loads(self.interrupted), survey.known) == survey

    def known(self, since):
        return sum(self.created[one] >= since for one in self.ours - self.withdrawn)

    def window(self, since):
        """Return Lucca's listed documents created since a moment, in an order that is not the one of creation."""
        found = self.counted(since) - self.hidden
        return sorted(found, key=lambda one: (one * 7919) % 101)

    def counted(self, since):
        return {one for one in self.approved if self.created[one] >= since}

    def run(self, is_audit=False):
        survey, requests = self.survey(is_audit), 0
        if self.listing:
            requests += self.read(survey, *self.listing)
        while not isinstance(task := survey.next_task(), Finished):
            assert requests < 2000
            if isinstance(task, Count):
                requests += 1
                self.request()
                survey.record_count(task.since, len(self.counted(task.since)))
                self.keep(survey)
            else:
                self.number += 1
                requests += self.read(survey, task.since, task.is_whole, self.number, 0)
        if task.is_settled:
            self.unlisted = task.missing
        self.last, self.interrupted = survey.now, None
        return requests

    def read(self, survey, since, is_whole, number, page):
        requests = 0
        if not page:
            self.always = set(self.approved)
        while True:
            self.listing = (since, is_whole, number, page)
            requests += 1
            self.request()
            found, count = self.window(since), len(self.counted(since))
            shown = found[page * PAGE : (page + 1) * PAGE]
            self.store(shown, number if is_whole else 0)
            if self.meanwhile:
                self.meanwhile.pop()()
            page += 1
            survey.record_page(since, count if self.pages_give_count else None)
            is_enough = survey.is_enough(since) and not is_whole
            if is_enough or page * PAGE >= len(found):
                break
            self.listing = (since, is_whole, number, page)
            self.keep(survey)
        self.listing = None
        unseen = self.ours - self.withdrawn if is_whole else set()
        unseen = {one for one in unseen if self.seen[one] < number}
        if survey.record_listing(since, len(unseen)):
            # Only the count of a page shows that documents left the list while it was read.
            is_sure = self.pages_give_count
            assert not (unseen & self.always and is_sure), "it was approved all the time"
            self.withdrawn |= unseen
        self.keep(survey)
        return requests

    def store(self, shown, number):
        for one in shown:
            self.ours.add(one)
            self.withdrawn.discard(one)
            self.seen[one] = max(number, self.seen.get(one, 0))

    def request(self):
        if self.faults:
            self.faults -= 1
            raise Fault


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=examples(200), stateful_step_count=40, deadline=None)
