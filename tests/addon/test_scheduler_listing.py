"""In the scheduler, each page of a list is asked for once, however long it takes."""

import itertools
import os
from collections import Counter
from datetime import timedelta
from math import ceil
from random import Random

from tests.addon.scheduled import ScheduledCase

# LUCCA_SWEEP=720 tries every number of pages with every time.
SWEEP = int(os.environ.get("LUCCA_SWEEP", "4"))
PAGES = range(1, 61)
SECONDS = (0.1, 0.4, 1, 1.5, 2, 3, 4, 5.5, 7, 9, 11, 15)


class ListingCase(ScheduledCase):
    def setUp(self):
        super().setUp()
        self.connection.attach_files = False
        self.purchase = self.add_purchase()

    def add(self, number, **values):
        return [self.tenant.add_invoice(purchase=self.purchase, **values) for _one in range(number)]

    def take_pages(self, items, seconds):
        """Set the number of documents on a page, and the seconds that every answer takes."""
        self.server.behaviour.most_items = items
        self.answers_take(seconds)

    def listed_pages(self):
        """Return how often each page of documents was asked for: ``{(created since, page): number}``."""
        return Counter(
            (request.query["createdAt.from"], request.query.get("page"))
            for request in self.server.requests
            if "booked-documents" in request.path and request.query.get("limit") != "0"
        )

    def assertEachPageOnce(self, pages):
        listed = self.listed_pages()
        self.assertEqual(set(listed.values()), {1}, listed)
        self.assertEqual(len(listed), pages)

    def assertAudited(self):
        """Assert that an audit listed all documents, and that nothing is left to list."""
        self.assertTrue(self.connection.last_audit_at)
        self.assertEqual(self.connection.known_count, self.connection.remote_count)
        self.assertFalse(self.connection.last_error)
        self.assertTrue(self.connection.last_success_at)


class TestSlowPages(ListingCase):
    """Numbers and times of pages that an early version read again for ever (five documents each)."""

    def assertListedOnce(self, pages, seconds):
        self.take_pages(5, seconds)
        self.add(5 * pages)
        self.run_scheduler(hours=0.25)
        self.assertEachPageOnce(pages)
        self.assertBooked(5 * pages)
        self.assertAudited()

    def test_eight_pages_of_a_second_and_a_half_are_read_once(self):
        self.assertListedOnce(8, 1.5)

    def test_seven_pages_of_two_seconds_are_read_once(self):
        self.assertListedOnce(7, 2)

    def test_three_pages_of_four_seconds_are_read_once(self):
        self.assertListedOnce(3, 4)

    def test_one_page_of_eleven_seconds_is_read_once(self):
        self.assertListedOnce(1, 11)

    def test_a_weekly_audit_of_slow_pages_ends(self):
        self.take_pages(5, 0.3)
        self.add(34)
        self.run_scheduler(hours=0.25)
        self.time.advance(timedelta(days=8).total_seconds())
        self.take_pages(5, 2)
        self.server.requests.clear()
        self.add(3)
        self.sync_now()
        self.run_scheduler(hours=0.25)
        self.assertBooked(37)
        self.assertEqual(set(self.listed_pages().values()), {1})
        self.assertLess(self.time.now() - self.audited_at(), timedelta(hours=1))

    def audited_at(self):
        return self.connection.last_audit_at.replace(tzinfo=self.time.now().tzinfo)

    def test_any_number_of_pages_of_any_speed_is_read_once(self):
        combinations = [*itertools.product(PAGES, SECONDS)]
        for pages, seconds in Random(13).sample(combinations, min(SWEEP, len(combinations))):
            with self.subTest(pages=pages, seconds=seconds):
                self.start_lucca()
                self.connection = self.connect(attach_files=False)
                self.purchase = self.add_purchase(supplier_name=f"{pages} of {seconds}", vat=None)
                self.take_pages(1, seconds)
                self.add(pages)
                self.run_scheduler(hours=0.25 + pages * seconds / 1800)
                self.assertEachPageOnce(pages)
                self.assertBooked(pages)
                self.assertAudited()


class TestMovedStartDate(ListingCase):
    def test_slow_pages_with_bills_from_before_the_start_date_are_read_once(self):
        self.take_pages(5, 0.3)
        old = self.add(12, created_at="2025-11-03T08:00:00.0000000+00:00")
        self.run_scheduler(hours=0.25)
        self.connection.start_date = "2026-01-01"
        self.take_pages(5, 3)
        self.server.requests.clear()
        self.tenant.withdraw(old[0])
        self.add(5)
        self.sync_now()
        self.run_scheduler(hours=0.25)
        self.assertEachPageOnce(4)
        self.assertBooked(17)
        self.assertEqual(self.document(*old).filtered("is_withdrawn"), self.document(old[0]))
        self.assertAudited()
        self.assertEqual(self.connection.known_count, 5)


class TestCountedNotListed(ListingCase):
    def test_a_document_that_is_counted_but_not_listed_stops_nothing(self):
        self.take_pages(5, 1)
        hidden = self.add(75)[30]
        self.server.behaviour.unlisted = {(hidden["type"], hidden["id"])}
        self.run_scheduler(hours=0.25)
        self.assertBooked(74)
        # Two equal whole listings show that the document is never listed.
        self.assertLessEqual(max(self.listed_pages().values()), 2, self.listed_pages())

    def test_the_next_audit_expects_the_document_that_is_not_listed(self):
        self.take_pages(5, 1)
        hidden = self.add(75)[30]
        self.server.behaviour.unlisted = {(hidden["type"], hidden["id"])}
        self.run_scheduler(hours=0.25)
        self.server.requests.clear()
        self.time.advance(timedelta(days=8).total_seconds())
        self.sync_now()
        self.run_scheduler(hours=0.25)
        self.assertEqual(set(self.listed_pages().values()), {1})


class TestRequestsOfAFirstImport(ListingCase):
    """Each document has a purchase with a supplier that Lucca does not know, so that no time is
    spent on booking.
    """

    answer_seconds = 0.4

    def import_with_a_purchase_each(self, documents):
        self.limit_budget(40)
        for _document in range(documents):
            purchase = self.tenant.add_purchase(supplier={"name": "Draft"})
            self.tenant.add_invoice(purchase=purchase)
        self.run_scheduler(hours=2)
        waiting = Counter(self.documents().mapped("reason"))
        self.assertEqual(waiting, {"unknown_supplier": documents}, self.story())
        pages = ceil(documents / 100)
        least = 1 + 2 * pages  # a count, the documents, their purchases
        self.assertLessEqual(len(self.server.requests), 1.03 * least + 10, self.asked_in_short())

    def asked_in_short(self):
        return Counter(request.path.rsplit("/", 1)[0] for request in self.server.requests)

    def test_909_documents_take_few_requests(self):
        self.import_with_a_purchase_each(909)

    def test_2000_documents_take_few_requests(self):
        self.import_with_a_purchase_each(2000)
