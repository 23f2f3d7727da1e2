"""Odoo's scheduler at work while a browser is open, as it is in real life."""

import threading
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo.tests.common import ChromeBrowser

from tests.scheduler import RealTime, Scheduler

#: How often it looks whether something is due, and how long a run may wait for more (seconds).
LOOK, RUN = 0.1, 0.3


@contextmanager
def scheduler_at_work(registry, cron_ids):
    """A thread that runs scheduled actions as soon as they are triggered, while a tour is walked.

    The test's own thread uses the one transaction of the test without its lock: before the page is
    open and after the browser is closed, the scheduler rests.
    """
    worker = _Worker(registry, cron_ids)
    wait_ready, stop = ChromeBrowser._wait_ready, ChromeBrowser.stop

    def wait_and_begin(browser, *args, **kwargs):
        is_ready = wait_ready(browser, *args, **kwargs)
        worker.start()
        return is_ready

    def end_and_stop(browser):
        worker.end()
        stop(browser)

    with (
        patch.object(ChromeBrowser, "_wait_ready", wait_and_begin),
        patch.object(ChromeBrowser, "stop", end_and_stop),
    ):
        yield
    if worker.error:
        raise worker.error


class _Worker(threading.Thread):
    def __init__(self, registry, cron_ids):
        super().__init__(name="tests.live")
        self._registry, self._cron_ids = registry, cron_ids
        self._is_over, self.error = threading.Event(), None

    def run(self):
        try:
            while not self._is_over.wait(LOOK):
                if self._is_triggered():
                    time_ = RealTime()
                    until = time_.now() + timedelta(seconds=RUN)
                    Scheduler(self._registry, time_).run_jobs(self._cron_ids, until=until)
        except Exception as error:  # noqa: BLE001  (raised by the test's own thread)
            self.error = error

    def end(self):
        """Let it finish what it does; it may not have begun."""
        self._is_over.set()
        if self.ident:
            self.join()

    def _is_triggered(self):
        with self._registry.cursor() as cr:
            # PostgreSQL's own clock stands still in the one transaction of a test.
            cr.execute(
                "SELECT 1 FROM ir_cron_trigger WHERE cron_id = ANY(%s) AND call_at <= %s LIMIT 1",
                [self._cron_ids, datetime.now(timezone.utc).replace(tzinfo=None)],
            )
            return bool(cr.rowcount)
