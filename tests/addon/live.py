"""Run Odoo's scheduler while a browser is open, as in production."""

import threading
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo.tests.common import ChromeBrowser

from tests.scheduler import RealTime, Scheduler

#: The seconds between two looks for a due job, and how long a run waits for more.
LOOK, RUN = 0.1, 0.3


@contextmanager
def scheduler_at_work(registry, cron_ids):
    """Run scheduled actions in a thread, as soon as they are triggered, while a tour is running.

    The test's own thread uses the test's one transaction without a lock. Therefore, the scheduler
    works only from when the page is open until the browser is closed.
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
        except Exception as error:  # noqa: BLE001  (the test's own thread raises it)
            self.error = error

    def end(self):
        """Let the thread finish its current run. It may not have begun."""
        self._is_over.set()
        if self.ident:
            self.join()

    def _is_triggered(self):
        with self._registry.cursor() as cr:
            # PostgreSQL's own clock stands still in the test's one transaction.
            cr.execute(
                "SELECT 1 FROM ir_cron_trigger WHERE cron_id = ANY(%s) AND call_at <= %s LIMIT 1",
                [self._cron_ids, datetime.now(timezone.utc).replace(tzinfo=None)],
            )
            return bool(cr.rowcount)
