"""Random histories in the scheduler, with slices that end after 0 to 15 seconds."""

from tests.addon import test_histories
from tests.addon.scheduled import ScheduledCase


class SlicesCase(ScheduledCase):
    answer_seconds = 0.7

    @property
    def now(self):
        return self.time.now()

    @now.setter
    def now(self, moment):
        self.time.move_to(moment)

    def start_history(self, seed):
        super().start_history(seed)
        self.scheduler.slice_seconds = lambda: self.random.uniform(0, 15)

    def synchronise(self):
        self.sync_now()
        self.run_scheduler(hours=48)
        return True


class TestHistoriesInSlices(SlicesCase, test_histories.TestHistories):
    """The histories of a connection whose start date stays."""


class TestMovedStartDateInSlices(SlicesCase, test_histories.TestMovedStartDate):
    """The histories of a connection whose start date is moved."""
