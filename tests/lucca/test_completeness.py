"""The part of Lucca's list that must be read is decided from counts alone."""

from datetime import datetime, timedelta, timezone

import pytest
from lucca.completeness import MOST_WHOLE_LISTINGS, Count, Finished, Listing, Survey
from lucca.documents.reading import dumps, loads

NOW = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
START = NOW - timedelta(days=1000)
LAST = NOW - timedelta(minutes=30)


class Account:
    """Lucca's documents and those of this database, both as moments of creation."""

    def __init__(self, lucca=(), ours=None, unreadable=(), **options):
        self.lucca = sorted(lucca)
        self.ours = sorted(lucca if ours is None else ours)
        self.unreadable = unreadable
        self.gives_count = self.pages_give_count = True
        self.survey = Survey(
            **{"start": START, "now": NOW, "last": LAST, "known": self.known, **options}
        )
        self.tasks = []

    def known(self, since):
        return sum(created >= since for created in self.ours)

    def remote(self, since):
        return sum(created >= since for created in self.lucca) if self.gives_count else None

    def run(self):
        """Do each task that is asked for until the survey is finished. Return the tasks."""
        while not isinstance(task := self.survey.next_task(), Finished):
            self.tasks.append(task)
            assert len(self.tasks) < 100
            self.do(task)
        self.finished = task
        return self.tasks

    def do(self, task):
        if isinstance(task, Count):
            self.survey.record_count(task.since, self.remote(task.since))
        else:
            self.list_from(task)

    def list_from(self, task):
        sent = set(self.lucca) - set(self.unreadable)
        shown = {created for created in sent if created >= task.since}
        unseen = {created for created in self.ours if created >= task.since} - shown
        self.ours = sorted({*self.ours, *shown})
        count = self.remote(task.since) if self.pages_give_count else None
        self.survey.record_page(task.since, count)
        self.meanwhile(task)
        unseen = unseen if task.is_whole else set()
        unread = sum(created >= task.since for created in self.unreadable)
        if self.survey.record_listing(task.since, len(unseen), unread):
            self.ours = [created for created in self.ours if created not in unseen]

    def meanwhile(self, task):
        """Change Lucca during a listing, after its last page was asked for. Subclasses define it."""

    @property
    def listings(self):
        return [task for task in self.tasks if isinstance(task, Listing)]


def days_ago(*days):
    return [NOW - timedelta(days=day) for day in days]


def history(days=1000, a_day=3):
    return [
        NOW - timedelta(days=day, hours=hour) for day in range(1, days) for hour in range(a_day)
    ]


def test_equal_counts_cost_one_request():
    account = Account(history())
    assert account.run() == [Count(START)]
    assert account.finished == Finished(len(account.ours), 0)


def test_the_first_synchronisation_reads_all():
    account = Account(history(), ours=(), last=None)
    assert account.run() == [Count(START), Listing(START, is_whole=True)]
    assert account.finished == Finished(len(account.ours), 0)


def test_an_empty_account_needs_no_list():
    account = Account(last=None)
    assert account.run() == [Count(START)]
    assert account.finished == Finished(0, 0)


def test_a_new_document_is_found_in_the_list_since_the_last_synchronisation():
    old = history()
    since = LAST - timedelta(hours=1)
    account = Account([*old, NOW - timedelta(minutes=5)], old)
    assert account.run() == [Count(START), Count(since), Listing(since, is_whole=False)]


@pytest.mark.parametrize("age", [0.5, 3.01, 20.01, 60.01, 200.01, 900.01, 999.9])
def test_a_late_approval_of_any_age_is_found_with_few_requests(age):
    old = history()
    account = Account(old + days_ago(age), old)
    account.run()
    assert account.finished == Finished(len(account.ours), 0)
    assert account.ours == account.lucca
    assert len(account.tasks) <= 16
    (listing,) = account.listings
    # The listing reads at most two pages more than necessary.
    needed = account.remote(NOW - timedelta(days=age))
    assert account.remote(listing.since) - needed <= 2 * 100 + 3


def test_the_asked_moments_are_whole_seconds():
    old = history()
    account = Account(old + days_ago(900.01), old, start=START + timedelta(seconds=1))
    account.run()
    assert account.ours == account.lucca
    assert len(account.tasks) > 5
    assert not any(task.since.microsecond for task in account.tasks)


def test_two_late_approvals_are_found_by_listing_from_the_older_one():
    old = history()
    account = Account(old + days_ago(5.5, 333.3), old)
    account.run()
    assert account.ours == account.lucca
    assert len(account.listings) == 1


def test_what_one_window_did_not_bring_is_sought_in_an_earlier_one():
    class Shifting(Account):
        def list_from(self, task):
            if not self.listings[1:]:  # The page that would show it was read before it was listed.
                self.survey.record_page(task.since, self.remote(task.since))
                assert not self.survey.record_listing(task.since)
            else:
                super().list_from(task)

    old = history()
    account = Shifting(old + days_ago(0.5), old)
    account.run()
    assert [listing.is_whole for listing in account.listings] == [False, False]
    assert account.ours == account.lucca


def test_documents_that_lucca_no_longer_counts_are_sought_in_the_whole_list():
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
        def meanwhile(self, task):
            self.gives_count = False
            self.survey.record_page(task.since, None)
            assert not self.survey.is_enough(task.since)

    account = Stopping(history(), ours=(), last=None)
    assert account.run() == [Count(START), Listing(START, is_whole=True), Count(START)]
    assert account.finished == Finished(len(account.ours), None)


def test_a_list_whose_pages_have_no_count_is_counted_before_and_after():
    account = Account(history(), ours=(), last=None)
    account.pages_give_count = False
    assert account.run() == [Count(START), Listing(START, is_whole=True), Count(START)]
    assert account.finished == Finished(len(account.lucca), 0)


def test_without_a_count_beside_the_pages_two_equal_listings_withdraw_what_they_do_not_show():
    """A document that left the list during the first one may have hidden another one."""
    account = Account(history(), is_audit=True)
    account.pages_give_count = False
    account.lucca.remove(account.ours[5])
    account.run()
    assert account.ours == account.lucca
    assert len(account.listings) == 3  # the first one had no count to compare


def test_a_document_that_comes_during_a_listing_without_counts_hides_no_withdrawal():
    class Coming(Account):
        def meanwhile(self, task):
            if len(self.listings) == 1:
                self.lucca += days_ago(0.001)

    account = Coming(history(), is_audit=True)
    account.pages_give_count = False
    account.lucca.remove(account.ours[5])
    account.run()
    assert account.ours == account.lucca


def test_documents_that_come_during_each_listing_do_not_keep_the_survey_going():
    class Growing(Account):
        def meanwhile(self, task):
            self.lucca.append(NOW - timedelta(seconds=len(self.lucca)))

    account = Growing(history(), ours=(), last=None)
    account.pages_give_count = False
    account.run()
    assert len(account.listings) == MOST_WHOLE_LISTINGS
    assert not account.finished.is_settled


def test_a_count_on_a_page_proves_nothing_where_none_was_asked_for_before():
    account = Account(history())
    account.gives_count = False
    account.do(account.survey.next_task())
    listing = account.survey.next_task()
    account.survey.record_page(listing.since, account.known(listing.since))
    assert not account.survey.is_enough(listing.since)
    account.run()
    assert account.finished == Finished(len(account.ours), None)


def test_a_late_approval_is_found_although_the_last_synchronisation_is_unknown():
    old = history()
    account = Account(old + days_ago(3.01), old, last=None)
    account.run()
    assert account.ours == account.lucca
    assert account.listings[0].since > NOW - timedelta(days=8)


def test_without_counts_the_first_synchronisation_reads_all():
    account = Account(history(), ours=(), last=None)
    account.gives_count = False
    account.run()
    assert account.listings == [Listing(START, is_whole=True)]


def test_an_audit_reads_all_even_if_the_counts_are_equal():
    account = Account(history(), is_audit=True)
    account.run()
    assert account.listings == [Listing(START, is_whole=True)]
    assert account.finished == Finished(len(account.ours), 0)


class TestLyingCounts:
    """A server that counts documents that it does not list: a role sees less, or the server is wrong."""

    class Liar(Account):
        hidden = 2

        def remote(self, since):
            return super().remote(since) + self.hidden

    def test_the_survey_ends_also_if_pages_have_no_count(self):
        account = self.Liar(history(), ours=(), last=None)
        account.pages_give_count = False
        account.run()
        assert account.finished == Finished(len(account.lucca), 2)
        assert len(account.listings) == 2

    def test_the_survey_ends_and_tells_how_many_are_not_listed(self):
        account = self.Liar(history(), ours=(), last=None)
        account.run()
        assert account.finished == Finished(len(account.ours), 2)
        assert account.listings == [Listing(START, is_whole=True)] * 2

    def test_a_known_number_of_unlisted_documents_is_not_sought_again(self):
        account = self.Liar(history(), unlisted=2)
        assert account.run() == [Count(START)]
        assert account.finished == Finished(len(account.ours), 2)

    def test_an_audit_expects_the_known_number(self):
        account = self.Liar(history(), unlisted=2, is_audit=True)
        account.run()
        assert account.listings == [Listing(START, is_whole=True)]
        assert account.finished == Finished(len(account.ours), 2)

    @pytest.mark.parametrize("learnt", [0, 1, 3])
    def test_another_number_is_learnt_from_two_equal_listings(self, learnt):
        account = self.Liar(history(), unlisted=learnt, is_audit=True)
        account.run()
        assert account.listings == [Listing(START, is_whole=True)] * 2
        assert account.finished == Finished(len(account.ours), 2)

    def test_a_smaller_number_is_learnt_at_once(self):
        account = Account(history(), unlisted=2)
        account.run()
        assert account.listings == [Listing(START, is_whole=True)]
        assert account.finished == Finished(len(account.ours), 0)

    def test_where_the_unlisted_documents_are_old_only_the_last_days_are_read(self):
        class OfThePast(Account):
            def remote(self, since):
                return super().remote(since) + (2 if since == START else 0)

        old = history()
        account = OfThePast(old + days_ago(0.001), old, unlisted=2)
        account.run()
        assert account.listings == [Listing(LAST - timedelta(hours=1), is_whole=False)]
        assert account.ours == account.lucca

    def test_a_document_is_withdrawn_only_after_two_listings_without_it(self):
        """A document that is listed by now could hide another one that a page did not show."""
        old = history()
        account = self.Liar(old[1:], old, unlisted=2, is_audit=True)
        account.run()
        assert account.listings == [Listing(START, is_whole=True)] * 2
        assert account.ours == account.lucca

    def test_a_late_approval_is_found_in_spite_of_a_wrong_count(self):
        old = history()
        account = self.Liar(old + days_ago(200.01), old, unlisted=2)
        account.run()
        assert account.ours == account.lucca


class TestUnreadDocuments:
    """Documents that Lucca counts, and cannot send when they are listed."""

    def test_one_that_is_missing_is_expected_after_one_whole_listing(self):
        old, new = history(), days_ago(0.3, 0.2, 0.1)
        account = Account(old + new, old, unreadable=new[1:2])
        account.run()
        assert [task.is_whole for task in account.listings] == [False, True]
        assert account.ours == sorted(set(account.lucca) - {new[1]})
        assert account.finished == Finished(len(account.ours), 1)

    def test_one_that_was_expected_is_expected_by_an_audit(self):
        lucca = sorted(history())
        account = Account(lucca, lucca[1:], unreadable=lucca[:1], unlisted=1, is_audit=True)
        account.run()
        assert account.listings == [Listing(START, is_whole=True)]
        assert account.finished == Finished(len(account.ours), 1)

    def test_a_known_one_is_not_withdrawn(self):
        lucca = sorted(history())
        account = Account(lucca, unreadable=lucca[:1], is_audit=True)
        account.run()
        assert account.listings == [Listing(START, is_whole=True)]
        assert (account.ours, account.finished) == (lucca, Finished(len(lucca), 0))

    def test_beside_one_no_withdrawal_is_sure_and_it_is_not_looked_for_again(self):
        known = sorted(history())
        account = Account(known[1:], known, unreadable=known[1:2])
        account.run()
        assert account.listings == [Listing(START, is_whole=True)]
        assert (account.ours, account.finished) == (known, Finished(len(known), -1))

    def test_an_old_one_hides_no_late_approval(self):
        old, late = history(), days_ago(200.01)
        account = Account(old + late, old, unreadable=old[-1:])
        account.run()
        assert account.ours == account.lucca
        assert account.finished == Finished(len(account.ours), 0)

    def test_all_are_known_once_it_can_be_read(self):
        lucca = sorted(history())
        account = Account(lucca, lucca[1:], unlisted=1, is_audit=True)
        account.run()
        assert account.finished == Finished(len(lucca), 0)


def test_documents_that_come_during_the_listing_are_read_too():
    class Busy(Account):
        late = days_ago(0.01, 0.002)

        def meanwhile(self, task):
            if self.late:
                self.lucca.append(self.late.pop())
                self.survey.record_page(task.since, self.remote(task.since))

    account = Busy(history(), ours=())
    account.run()
    assert sorted(account.lucca) == account.ours
    assert account.finished == Finished(len(account.ours), 0)


def test_a_listing_during_which_documents_left_is_repeated():
    """A document that left may hide another one that shifted to a page that was read already."""

    class Leaving(Account):
        def meanwhile(self, task):
            if not self.listings[1:]:
                self.ours.remove(self.lucca[100])  # It shifted to a page that was read already.
                self.lucca.pop(50)
                self.survey.record_page(task.since, self.remote(task.since))

    account = Leaving(history(), ours=())
    account.run()
    assert len(account.listings) == 2
    assert account.ours == account.lucca


def test_a_window_during_which_documents_left_is_followed_by_the_whole_list():
    class Leaving(Account):
        """At the end as many are known as Lucca counts, but one of them has left."""

        def list_from(self, task):
            if task.is_whole:
                super().list_from(task)
                return
            self.ours = sorted([*self.ours, self.lucca[-2]])
            gone = self.lucca.pop()
            self.survey.record_page(task.since, self.remote(task.since))
            assert not self.survey.is_enough(task.since)
            self.lucca = sorted([*self.lucca, gone - timedelta(minutes=1)])
            self.survey.record_page(task.since, self.remote(task.since))
            assert not self.survey.is_enough(task.since)
            assert not self.survey.record_listing(task.since)

    old = history()
    account = Leaving(old + days_ago(0.001, 0.002), old + days_ago(0.003))
    account.run()
    assert [listing.is_whole for listing in account.listings] == [False, True]
    assert account.ours == account.lucca


def test_a_document_is_withdrawn_only_if_two_whole_lists_in_a_row_lack_it():
    known = 10
    survey = Survey(START, NOW, LAST, lambda since: known)
    survey.record_count(START, 12)
    unseen = [2, 1, 2, 2]
    assert [survey.record_listing(START, number) for number in unseen] == [
        False,
        False,
        False,
        True,
    ]


def test_an_account_that_changes_all_the_time_is_left_to_the_next_synchronisation():
    class Restless(Account):
        def meanwhile(self, task):
            self.lucca += days_ago(0.001) * (1 + len(self.listings))
            self.survey.record_page(task.since, self.remote(task.since))

    account = Restless(history(), ours=())
    account.run()
    assert not account.finished.is_settled
    assert len(account.listings) == 3


def test_a_window_that_brought_all_that_was_missing_is_enough():
    old = history()
    account = Account(old + days_ago(0.001), old)
    while not isinstance(task := account.survey.next_task(), Listing):
        account.do(task)
    account.survey.record_page(task.since, account.remote(task.since))
    assert not account.survey.is_enough(task.since)
    account.ours = account.lucca
    account.survey.record_page(task.since, account.remote(task.since))
    assert account.survey.is_enough(task.since)


def restored(account, survey):
    return Survey.from_json(loads(dumps(survey.as_json())), account.known)


@pytest.mark.parametrize("age", [timedelta(), timedelta(days=40)])
def test_an_interrupted_survey_goes_on_with_its_stored_knowledge_after_any_time(age):
    old = history()
    account = Account(old + days_ago(200.01), old, now=NOW - age)
    for _task in range(4):
        account.do(account.survey.next_task())
    following = account.survey.next_task()
    account.survey = restored(account, account.survey)
    assert account.survey.next_task() == following
    account.run()
    assert account.ours == account.lucca


def test_a_count_that_was_rolled_back_is_forgotten():
    account = Account(history(), ours=(), last=None)
    before = account.survey.as_json()
    asked = account.survey.next_task()
    account.do(asked)
    assert account.survey.next_task() != asked
    account.survey.restore(before)
    assert account.survey.next_task() == asked


class TestInterrupted(TestLyingCounts):
    """The tests of ``TestLyingCounts`` with a survey that is stored and restored around each task."""

    class Liar(TestLyingCounts.Liar):
        def do(self, task):
            self.survey = restored(self, self.survey)
            super().do(task)
            self.survey = restored(self, self.survey)
