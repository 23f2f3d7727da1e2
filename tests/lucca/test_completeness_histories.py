"""Random histories of Lucca and of failures end with exactly the approved documents in the database."""

import random
from contextlib import suppress
from datetime import datetime, timedelta, timezone

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from lucca.completeness import Count, Finished, Survey
from lucca.documents.reading import dumps, loads

from .helpers import examples

START = datetime(2025, 1, 1, tzinfo=timezone.utc)
PAGE = 4


class Fault(Exception):
    """The request failed, or the process was killed."""


class Histories(RuleBasedStateMachine):
    """Lucca's documents are ids with a moment of creation. Ours are the ids that a page has shown."""

    @initialize(seed=st.integers(0, 2**32), count=st.integers(0, 40))
    def begin(self, seed, count):
        self.random = random.Random(seed)
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
        for _document in range(count):
            self.create(age=self.random.random() * 400, is_approved=True)

    # --- what happens in Lucca

    @rule(age=st.floats(0, 399), is_approved=st.booleans())
    def create(self, age, is_approved):
        identifier = len(self.created)
        self.created[identifier] = self.now - timedelta(days=age)
        if is_approved:
            self.approved.add(identifier)

    @rule()
    def approve_late(self):
        if waiting := sorted(self.created.keys() - self.approved):
            self.approved.add(self.random.choice(waiting))

    @rule()
    def withdraw(self):
        if self.approved:
            gone = self.random.choice(sorted(self.approved))
            self.approved.remove(gone)
            self.always.discard(gone)

    @rule()
    def stop_listing(self):
        """Make Lucca count a document that it does not list, from now on."""
        if new := sorted(self.approved - self.ours - self.hidden):
            self.hidden.add(self.random.choice(new))

    @rule(happening=st.sampled_from(["create", "approve_late", "withdraw"]))
    def happens_during_the_next_listing(self, happening):
        self.meanwhile.append(happening)

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

    def teardown(self):
        """Assert that one synchronisation or at the latest an audit makes both sets equal, once Lucca rests.

        Only a document that left Lucca's list unnoticed can hide another one from a
        synchronisation.
        """
        if not hasattr(self, "approved"):
            return
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
        while not isinstance(step := survey.next_step(), Finished):
            assert requests < 2000
            if isinstance(step, Count):
                requests += 1
                self.request()
                survey.record_count(step.since, len(self.counted(step.since)))
                self.keep(survey)
            else:
                self.number += 1
                requests += self.read(survey, step.since, step.is_whole, self.number, 0)
        if step.is_settled:
            self.unlisted = step.missing
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
                self.happens(self.meanwhile.pop())
            page += 1
            survey.record_page(since, count)
            is_enough = survey.is_enough(since) and not is_whole
            if is_enough or page * PAGE >= len(found):
                break
            self.listing = (since, is_whole, number, page)
            self.keep(survey)
        self.listing = None
        unseen = self.ours - self.withdrawn if is_whole else set()
        unseen = {one for one in unseen if self.seen[one] < number}
        if survey.record_listing(since, len(unseen)):
            assert not unseen & self.always, "it was approved all the time"
            self.withdrawn |= unseen
        self.keep(survey)
        return requests

    def store(self, shown, number):
        for one in shown:
            self.ours.add(one)
            self.withdrawn.discard(one)
            self.seen[one] = max(number, self.seen.get(one, 0))

    def happens(self, happening):
        if happening == "create":
            self.create(age=self.random.random() * 400, is_approved=True)
        else:
            getattr(self, happening)()

    def request(self):
        if self.faults:
            self.faults -= 1
            raise Fault


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=examples(200), stateful_step_count=40, deadline=None)
