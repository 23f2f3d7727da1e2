"""A test case in virtual time, in which Odoo's own scheduler synchronises the connection."""

from collections import Counter
from datetime import timedelta

from tests.addon.common import KEY, LuccaCase
from tests.scheduler import Scheduler, VirtualTime
from tests.simulator import Budget, Tenant


class ScheduledCase(LuccaCase):
    """Every answer of Lucca takes ``answer_seconds``, which cost no real time."""

    answer_seconds = 0.3
    is_prepared_once = False  # The time begins anew with each test.

    def setUp(self):
        self.time = self.enterContext(VirtualTime())
        super().setUp()
        self.scheduler = Scheduler(self.registry, self.time)

    def start_lucca(self, tenant=None):
        server = super().start_lucca(tenant or Tenant(api_key=KEY, clock=self.time.clock))
        if self.answer_seconds:
            server.faults.slow(self.answer_seconds, times=None)
        return server

    def answers_take(self, seconds, path=""):
        """Set how long answers take; with a path, only the answers of that path."""
        self.server.faults.clear()
        if path:
            self.server.faults.slow(seconds, times=None, path=path)
        self.server.faults.slow(self.answer_seconds if path else seconds, times=None)

    def limit_budget(self, per_minute=40):
        """Set Lucca's budget, and the connection's share of it, in requests per minute."""
        self.server.budget = Budget(requests=50, seconds=60, clock=self.time.clock)
        self.connection.requests_per_minute = per_minute

    def run_scheduler(self, connections=None, **limits):
        """Run the scheduler in the registry's test mode; ``limits`` are those of ``Scheduler.run``."""
        with self.enter_registry_test_mode():
            self.scheduler.run(connections or self.connection, **limits)
        self.env.invalidate_all()

    def sync_now(self, connection=None):
        """Press *Sync now* a second later."""
        self.time.advance(1)
        (connection or self.connection).action_sync_now()
        self.scheduler.notify()

    def asked(self, path=""):
        """Return how often each call was made: ``{(path, page): number}``."""
        return Counter(
            (request.path, request.query.get("page"))
            for request in self.server.requests
            if path in request.path
        )

    def assertBooked(self, number):
        states = Counter(self.documents().mapped("state"))
        self.assertEqual(states, {"imported": number}, self.story())

    def story(self):
        with self.enter_registry_test_mode():
            return self.scheduler.story(self.connection.cron_id.ids)


class StepsCase(ScheduledCase):
    """A test case whose documents have one purchase."""

    def setUp(self):
        super().setUp()
        self.purchase = self.add_purchase()

    def add(self, number=1, **values):
        return [self.tenant.add_invoice(purchase=self.purchase, **values) for _one in range(number)]

    def run_for(self, **duration):
        self.run_scheduler(until=self.time.now() + timedelta(**duration))
