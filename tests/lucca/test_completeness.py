"""Which part of the list is read: the decision alone, told by counts."""

from datetime import datetime, timedelta, timezone

import pytest
from lucca.completeness import Count, Finished, Listing, Survey
from lucca.documents.reading import dumps, loads

NOW = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
START = NOW - timedelta(days=1000)
LAST = NOW - timedelta(minutes=30)


class Account:
    """Lucca's and our documents as moments of creation."""

    def __init__(self, lucca=(), ours=None, **options):
        self.lucca = sorted(lucca)
        self.ours = sorted(lucca if ours is None else ours)
        self.gives_count = True
        self.survey = Survey(
            **{"start": START, "now": NOW, "last": LAST, "known": self.known, **options}
        )
        self.steps = []

    def known(self, since):
        return sum(created >= since for created in self.ours)

    def remote(self, since):
        return sum(created >= since for created in self.lucca) if self.gives_count else None

    def run(self):
        """Do what is asked until it is finished; the steps taken."""
        while not isinstance(step := self.survey.next_step(), Finished):
            self.steps.append(step)
            assert len(self.steps) < 100
            self.do(step)
        self.finished = step
        return self.steps

    def do(self, step):
        if isinstance(step, Count):
            self.survey.counted(step.since, self.remote(step.since))
        else:
            self.list_from(step)

    def list_from(self, step):
        shown = {created for created in self.lucca if created >= step.since}
        unseen = {created for created in self.ours if created >= step.since} - shown
        self.ours = sorted({*self.ours, *shown})
        self.survey.is_enough(step.since, self.remote(step.since))
        self.meanwhile(step)
        if self.survey.listed(step.since, len(unseen) if step.is_whole else 0):
            self.ours = [created for created in self.ours if created not in unseen]

    def meanwhile(self, step):
        """What happens in Lucca during a listing, after its last page was asked for."""

    @property
    def listings(self):
        return [step for step in self.steps if isinstance(step, Listing)]


def days_ago(*days):
    return [NOW - timedelta(days=day) for day in days]


def history(days=1000, a_day=3):
    return [
        NOW - timedelta(days=day, hours=hour) for day in range(1, days) for hour in range(a_day)
    ]


def test_equal_counts_are_one_question():
    account = Account(history())
    assert account.run() == [Count(START)]
    assert account.finished == Finished(len(account.ours), 0)


def test_the_first_time_all_is_read():
    account = Account(history(), ours=(), last=None)
    assert account.run() == [Count(START), Listing(START, is_whole=True)]
    assert account.finished == Finished(len(account.ours), 0)


def test_an_empty_account_needs_no_list():
    account = Account(last=None)
    assert account.run() == [Count(START)]
    assert account.finished == Finished(0, 0)


def test_a_new_document_is_read_since_the_last_time():
    old = history()
    since = LAST - timedelta(hours=1)
    account = Account([*old, NOW - timedelta(minutes=5)], old)
    assert account.run() == [Count(START), Count(since), Listing(since, is_whole=False)]


@pytest.mark.parametrize("age", [0.5, 3.01, 20.01, 60.01, 200.01, 900.01, 999.9])
def test_a_late_approval_of_any_age_is_found_by_few_questions(age):
    old = history()
    account = Account(old + days_ago(age), old)
    account.run()
    assert account.finished == Finished(len(account.ours), 0)
    assert account.ours == account.lucca
    assert len(account.steps) <= 16
    (listing,) = account.listings
    # It reads at most two pages more than it must.
    needed = account.remote(NOW - timedelta(days=age))
    assert account.remote(listing.since) - needed <= 2 * 100 + 3


def test_only_whole_seconds_are_asked_for_since_lucca_is_asked_for_no_less():
    old = history()
    account = Account(old + days_ago(900.01), old, start=START + timedelta(seconds=1))
    account.run()
    assert account.ours == account.lucca
    assert len(account.steps) > 5
    assert not any(step.since.microsecond for step in account.steps)


def test_two_late_approvals_are_found_from_the_older_on():
    old = history()
    account = Account(old + days_ago(5.5, 333.3), old)
    account.run()
    assert account.ours == account.lucca
    assert len(account.listings) == 1


def test_what_a_window_did_not_bring_is_sought_from_an_earlier_moment_on():
    class Shifting(Account):
        def list_from(self, step):
            if not self.listings[1:]:  # the page that has it was read before it was there
                self.survey.is_enough(step.since, self.remote(step.since))
                assert not self.survey.listed(step.since)
            else:
                super().list_from(step)

    old = history()
    account = Shifting(old + days_ago(0.5), old)
    account.run()
    assert [listing.is_whole for listing in account.listings] == [False, False]
    assert account.ours == account.lucca


def test_fewer_documents_than_known_are_sought_in_the_whole_list():
    account = Account(history()[5:], history())
    assert account.run() == [Count(START), Listing(START, is_whole=True)]
    assert account.finished == Finished(len(account.ours), 0)


def test_without_counts_the_last_ninety_days_are_read_and_nothing_is_proven():
    account = Account(history())
    account.gives_count = False
    since = LAST - timedelta(days=90)
    assert account.run() == [Count(START), Listing(since, is_whole=False)]
    assert account.finished == Finished(len(account.ours), None)


def test_a_server_that_stops_counting_is_asked_once_more_and_nothing_is_proven():
    class Stopping(Account):
        def meanwhile(self, step):
            self.gives_count = False
            assert not self.survey.is_enough(step.since, None)

    account = Stopping(history(), ours=(), last=None)
    assert account.run() == [Count(START), Listing(START, is_whole=True), Count(START)]
    assert account.finished == Finished(len(account.ours), None)


def test_a_count_that_a_page_tells_says_nothing_where_none_was_asked_for_before():
    account = Account(history())
    account.gives_count = False
    account.do(account.survey.next_step())
    listing = account.survey.next_step()
    assert not account.survey.is_enough(listing.since, account.known(listing.since))
    account.run()
    assert account.finished == Finished(len(account.ours), None)


def test_a_late_approval_is_found_where_nobody_knows_when_the_list_was_read():
    old = history()
    account = Account(old + days_ago(3.01), old, last=None)
    account.run()
    assert account.ours == account.lucca
    assert account.listings[0].since > NOW - timedelta(days=8)


def test_without_counts_the_first_time_reads_all():
    account = Account(history(), ours=(), last=None)
    account.gives_count = False
    account.run()
    assert account.listings == [Listing(START, is_whole=True)]


def test_an_audit_reads_all_whatever_the_counts():
    account = Account(history(), is_audit=True)
    account.run()
    assert account.listings == [Listing(START, is_whole=True)]
    assert account.finished == Finished(len(account.ours), 0)


class TestLyingCounts:
    """A server that counts what it does not list: a role that sees less, or a fault."""

    class Liar(Account):
        hidden = 2

        def remote(self, since):
            return super().remote(since) + self.hidden

    def test_it_ends_and_tells_how_many(self):
        account = self.Liar(history(), ours=(), last=None)
        account.run()
        assert account.finished == Finished(len(account.ours), 2)
        assert account.listings == [Listing(START, is_whole=True)] * 2

    def test_what_was_told_once_is_not_sought_again(self):
        account = self.Liar(history(), unlisted=2)
        assert account.run() == [Count(START)]
        assert account.finished == Finished(len(account.ours), 2)

    def test_an_audit_expects_what_was_learnt(self):
        account = self.Liar(history(), unlisted=2, is_audit=True)
        account.run()
        assert account.listings == [Listing(START, is_whole=True)]
        assert account.finished == Finished(len(account.ours), 2)

    @pytest.mark.parametrize("learnt", [0, 1, 3])
    def test_another_number_is_learnt_by_two_equal_listings(self, learnt):
        account = self.Liar(history(), unlisted=learnt, is_audit=True)
        account.run()
        assert account.listings == [Listing(START, is_whole=True)] * 2
        assert account.finished == Finished(len(account.ours), 2)

    def test_what_is_listed_by_now_is_learnt_at_once(self):
        account = Account(history(), unlisted=2)
        account.run()
        assert account.listings == [Listing(START, is_whole=True)]
        assert account.finished == Finished(len(account.ours), 0)

    def test_where_it_lies_of_the_past_only_the_last_days_are_read(self):
        class OfThePast(Account):
            def remote(self, since):
                return super().remote(since) + (2 if since == START else 0)

        old = history()
        account = OfThePast(old + days_ago(0.001), old, unlisted=2)
        account.run()
        assert account.listings == [Listing(LAST - timedelta(hours=1), is_whole=False)]
        assert account.ours == account.lucca

    def test_nothing_is_withdrawn_before_it_was_missing_twice(self):
        """One that is listed by now could hide one that a page did not show."""
        old = history()
        account = self.Liar(old[1:], old, unlisted=2, is_audit=True)
        account.run()
        assert account.listings == [Listing(START, is_whole=True)] * 2
        assert account.ours == account.lucca

    def test_a_late_approval_is_found_all_the_same(self):
        old = history()
        account = self.Liar(old + days_ago(200.01), old, unlisted=2)
        account.run()
        assert account.ours == account.lucca


def test_documents_that_come_while_it_is_read_are_read_too():
    class Busy(Account):
        late = days_ago(0.01, 0.002)

        def meanwhile(self, step):
            if self.late:
                self.lucca.append(self.late.pop())
                self.survey.is_enough(step.since, self.remote(step.since))

    account = Busy(history(), ours=())
    account.run()
    assert sorted(account.lucca) == account.ours
    assert account.finished == Finished(len(account.ours), 0)


def test_a_listing_during_which_documents_left_is_read_again():
    """One that left may hide one that shifted to a page that was read already."""

    class Leaving(Account):
        def meanwhile(self, step):
            if not self.listings[1:]:
                self.ours.remove(self.lucca[100])  # it shifted to a page that was read already
                self.lucca.pop(50)
                self.survey.is_enough(step.since, self.remote(step.since))

    account = Leaving(history(), ours=())
    account.run()
    assert len(account.listings) == 2
    assert account.ours == account.lucca


def test_a_window_during_which_documents_left_is_followed_by_the_whole_list():
    class Leaving(Account):
        """At the end as many are known as Lucca counts, but one of them has left."""

        def list_from(self, step):
            if step.is_whole:
                super().list_from(step)
                return
            self.ours = sorted([*self.ours, self.lucca[-2]])
            gone = self.lucca.pop()
            assert not self.survey.is_enough(step.since, self.remote(step.since))
            self.lucca = sorted([*self.lucca, gone - timedelta(minutes=1)])
            assert not self.survey.is_enough(step.since, self.remote(step.since))
            assert not self.survey.listed(step.since)

    old = history()
    account = Leaving(old + days_ago(0.001, 0.002), old + days_ago(0.003))
    account.run()
    assert [listing.is_whole for listing in account.listings] == [False, True]
    assert account.ours == account.lucca


def test_nothing_is_withdrawn_that_the_whole_list_before_did_show():
    known = 10
    survey = Survey(START, NOW, LAST, lambda since: known)
    survey.counted(START, 12)
    unseen = [2, 1, 2, 2]
    assert [survey.listed(START, number) for number in unseen] == [False, False, False, True]


def test_an_account_that_never_rests_is_left_to_the_next_synchronisation():
    class Restless(Account):
        def meanwhile(self, step):
            self.lucca += days_ago(0.001) * (1 + len(self.listings))
            self.survey.is_enough(step.since, self.remote(step.since))

    account = Restless(history(), ours=())
    account.run()
    assert not account.finished.is_settled
    assert len(account.listings) == 3


def test_a_window_that_has_all_that_was_missing_is_enough():
    old = history()
    account = Account(old + days_ago(0.001), old)
    while not isinstance(step := account.survey.next_step(), Listing):
        account.do(step)
    assert not account.survey.is_enough(step.since, account.remote(step.since))
    account.ours = account.lucca
    assert account.survey.is_enough(step.since, account.remote(step.since))


def restored(account, survey):
    return Survey.from_json(loads(dumps(survey.as_json())), account.known)


@pytest.mark.parametrize("age", [timedelta(), timedelta(days=40)])
def test_an_interrupted_survey_goes_on_with_what_it_knew_however_long_ago(age):
    old = history()
    account = Account(old + days_ago(200.01), old, now=NOW - age)
    for _step in range(4):
        account.do(account.survey.next_step())
    following = account.survey.next_step()
    account.survey = restored(account, account.survey)
    assert account.survey.next_step() == following
    account.run()
    assert account.ours == account.lucca


def test_what_was_learnt_and_did_not_last_is_forgotten():
    account = Account(history(), ours=(), last=None)
    before = account.survey.as_json()
    asked = account.survey.next_step()
    account.do(asked)
    assert account.survey.next_step() != asked
    account.survey.restore(before)
    assert account.survey.next_step() == asked


class TestInterrupted(TestLyingCounts):
    """The same, restored before each step."""

    class Liar(TestLyingCounts.Liar):
        def do(self, step):
            self.survey = restored(self, self.survey)
            super().do(step)
            self.survey = restored(self, self.survey)
