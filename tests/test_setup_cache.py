"""The cache of setup/: each entry is built once, completely or not at all, by one run at a time."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from environment import cache as cache_module
from environment.cache import default_root, digest
from environment.console import Failure

SETUP = Path(__file__).parents[1] / "setup"
# A run in another process. It prints "inside" when it holds the lock, and keeps it until it is
# killed or told to go on.
OTHER_RUN = f"""
import pathlib, sys
sys.path.insert(0, {str(SETUP)!r})
from environment.cache import Cache
cache = Cache(pathlib.Path(sys.argv[1]))
"""
HOLD = OTHER_RUN + "with cache.lock('name'):\n    print('inside', flush=True)\n    sys.stdin.read()"
HALF = (
    OTHER_RUN
    + """
def half(path):
    (path / 'half').touch()
    print('inside', flush=True)
    sys.stdin.read()
cache.build('thing', (1,), half)
"""
)
APPEND = (
    OTHER_RUN
    + """
import time
def append(path):
    time.sleep(0.5)
    with open(sys.argv[2], 'a') as log:
        log.write('built ')
cache.build('thing', (1,), append)
"""
)


@pytest.fixture
def other_run(cache):
    """Return a function that starts a script on the same cache and waits until it is inside the lock."""
    children = []

    def start(script):
        child = subprocess.Popen(
            [sys.executable, "-c", script, cache.root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        children.append(child)
        assert child.stdout.readline() == "inside\n"
        return child

    yield start
    for child in children:
        child.kill()
        child.communicate()


def count_builds(cache, *inputs):
    builds = []
    path = cache.build("thing", inputs, lambda path: builds.append(path))
    return len(builds), path


def test_a_lock_excludes_another_process(cache, other_run):
    other_run(HOLD)
    with cache.try_lock("name") as alone:
        assert not alone
    with cache.try_lock("another name") as alone:
        assert alone


def test_a_killed_run_leaves_no_lock(cache, other_run):
    child = other_run(HOLD)
    child.send_signal(signal.SIGKILL)
    child.wait()
    with cache.try_lock("name") as alone:
        assert alone


def test_a_run_that_waits_for_a_lock_says_so(cache, other_run, capsys):
    child = other_run(HOLD)
    reaper = subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -9 {child.pid}"])
    with cache.lock("name"):
        assert "waiting for another run" in capsys.readouterr().out
    reaper.wait()


def test_a_lock_that_is_forgotten_while_a_run_waits_for_it_still_excludes_others(cache, other_run):
    holder = other_run(HOLD)
    command = [sys.executable, "-c", HOLD, cache.root]
    with subprocess.Popen(command, stdin=-1, stdout=subprocess.PIPE, text=True) as waiting:
        assert "waiting" in waiting.stdout.readline()
        cache.forget_lock("name")
        holder.kill()
        assert waiting.stdout.readline() == "inside\n"
        with cache.try_lock("name") as alone:
            assert not alone
        waiting.kill()


def age(cache, name, days):
    moment = time.time() - days * 24 * 3600
    os.utime(cache.root / "locks" / name, (moment, moment))


def test_a_folder_that_was_not_used_for_a_month_is_removed(cache):
    _, old = count_builds(cache, "old")
    _, used = count_builds(cache, "used")
    _, held = count_builds(cache, "held")
    kept = cache.folder("npm")
    for path in (old, used, held):
        age(cache, path.name, days=31)
    count_builds(cache, "used")
    with cache.lock(held.name):
        age(cache, held.name, days=31)
        cache.prune()
    assert [path.exists() for path in (old, used, held, kept)] == [False, True, True, True]
    assert count_builds(cache, "old") == (1, old)


def test_a_folder_is_built_once(cache):
    assert count_builds(cache, "input")[0] == 1
    assert count_builds(cache, "input")[0] == 0


def test_a_changed_input_builds_another_folder(cache):
    _, before = count_builds(cache, "input", "old")
    number, after = count_builds(cache, "input", "new")
    assert number == 1
    assert after != before
    assert count_builds(cache, "input", "old") == (0, before)


def test_the_boundary_between_inputs_counts():
    assert digest("ab", "c") != digest("a", "bc")


def test_a_failed_build_is_built_again(cache):
    def fail(path):
        (path / "half").touch()
        raise Failure("no network")

    with pytest.raises(Failure):
        cache.build("thing", ("input",), fail)
    number, path = count_builds(cache, "input")
    assert number == 1
    assert not (path / "half").exists()


def test_a_killed_build_is_built_again(cache, other_run):
    child = other_run(HALF)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert [path.name for path in cache.root.glob("thing-*/*")] == ["half"]
    number, path = count_builds(cache, 1)
    assert number == 1
    assert not (path / "half").exists()


def test_two_runs_at_once_build_once(cache, tmp_path):
    log = tmp_path / "log"
    command = [
        sys.executable,
        "-c",
        APPEND.replace("import time", "import time, environment.cache as c; c.NEEDED_BYTES = 0"),
    ]
    runs = [subprocess.Popen([*command, cache.root, log]) for _run in range(3)]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert log.read_text() == "built "


def test_a_full_disk_is_reported_before_anything_is_built(cache, monkeypatch):
    monkeypatch.setattr(cache_module, "NEEDED_BYTES", 1 << 62)
    with pytest.raises(Failure, match="Not enough disk space") as failure:
        count_builds(cache, "input")
    assert "XDG_CACHE_HOME" in str(failure.value)


def test_the_cache_follows_the_convention(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_root() == tmp_path / "lucca-invoices-sync"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_root() == tmp_path / ".cache" / "lucca-invoices-sync"


def test_the_cache_is_outside_the_checkout():
    assert Path(os.environ["PATH"].split(os.pathsep)[0]).is_relative_to(default_root())
    assert not default_root().is_relative_to(SETUP.parent)
