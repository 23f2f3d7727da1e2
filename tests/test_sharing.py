"""Several processes share the tests of one run."""

from types import SimpleNamespace

import pytest

from tests.sharing import share


class Session:
    """A pytest session that records which tests it runs, and which test it is told comes next."""

    Failed, Interrupted = AssertionError, KeyboardInterrupt

    def __init__(self, *names, stops_at=None):
        self.ran, self.shouldfail, self.shouldstop = [], "", ""
        self._stops_at = stops_at
        hook = SimpleNamespace(pytest_runtest_protocol=self._run)
        config = SimpleNamespace(hook=hook)
        self.items = [SimpleNamespace(nodeid=name, config=config) for name in names]

    def _run(self, item, nextitem):
        self.ran.append((item.nodeid, nextitem and nextitem.nodeid))
        self.shouldfail = "enough" if item.nodeid == self._stops_at else ""

    @property
    def names(self):
        return [name for name, _following in self.ran]


NAMES = ("tests/a.py::1", "tests/a.py::2", "tests/b.py::1", "tests/c.py::1")


@pytest.fixture
def taken(tmp_path):
    path = tmp_path / "taken"
    path.touch()
    return path


def test_a_single_process_runs_all_tests_and_knows_the_next_one(taken):
    session = Session(*NAMES)
    share(session, taken)
    assert session.ran == list(zip(NAMES, (*NAMES[1:], None), strict=True))


def test_a_file_that_another_process_has_taken_is_not_run(taken):
    taken.write_text("1")
    session = Session(*NAMES)
    share(session, taken)
    assert session.names == ["tests/b.py::1", "tests/c.py::1"]


def test_two_processes_run_each_test_once(taken):
    first, second = Session(*NAMES), Session(*NAMES)
    run, other = first._run, iter([second])

    def run_while_the_other_one_does(item, nextitem):
        for session in other:
            share(session, taken)
        run(item, nextitem)

    for item in first.items:
        item.config.hook.pytest_runtest_protocol = run_while_the_other_one_does
    share(first, taken)
    assert sorted(first.names + second.names) == sorted(NAMES)
    assert second.names, "it had some to run"


def test_slow_tests_begin_first_and_those_of_processes_stay_together(taken):
    processes = [f"tests/processes/{name}.py::1" for name in "ab"]
    browser = "tests/addon/test_browser_x.py::1"
    session = Session("tests/addon/a.py::1", browser, "tests/lucca/a.py::1", *processes)
    taken.write_text("1")
    share(session, taken)
    assert session.names == [browser, "tests/addon/a.py::1", "tests/lucca/a.py::1"]


def test_a_session_that_should_fail_ends_at_once(taken):
    session = Session(*NAMES, stops_at="tests/a.py::2")
    with pytest.raises(AssertionError, match="enough"):
        share(session, taken)
    assert session.names == ["tests/a.py::1", "tests/a.py::2"]
