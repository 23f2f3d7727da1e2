"""What setup/test prepares for the tests that are named, and what it checks besides."""

import os
import subprocess
from pathlib import Path

import pytest
from environment.check import copy_checkout, is_pure, may_run
from environment.console import Failure

CHECKOUT = Path(__file__).parents[1]
BROWSER = "test_browser*.py"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["tests/lucca"], True),
        (["tests/lucca/test_dates.py::test_one", "tests/lucca/test_files.py", "-k", "date"], True),
        (["tests/lucca/test_dates.py", "tests/addon/test_files.py"], False),
        (["tests/addon/test_files.py"], False),
        (["--ignore", "tests/lucca"], False),
        (["-k", "dates"], False),
    ],
)
def test_only_tests_of_the_pure_half_do_without_odoo(arguments, expected):
    assert is_pure(arguments) is expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], True),
        (["--durations=10"], True),
        (["--ignore", "tests/lucca"], True),
        (["tests/addon"], True),
        (["tests/addon/test_browser_live.py::TestLive", "-x"], True),
        (["tests/addon/test_files.py", "tests/addon/test_browser.py"], True),
        (["tests/addon/test_files.py", "-k", "browser"], False),
        (["tests/processes"], False),
    ],
)
def test_a_browser_is_needed_where_one_of_its_tests_may_run(arguments, expected):
    assert may_run(arguments, BROWSER) is expected


def test_the_names_of_the_files_tell_which_tests_need_a_browser():
    tests = {path for path in (CHECKOUT / "tests").rglob("test_*.py") if path != Path(__file__)}
    using = {path.name for path in tests if "start_tour(" in path.read_text()}
    using |= {path.name for path in tests if "browser_js(" in path.read_text()}
    assert using
    assert [name for name in using if not Path(name).match(BROWSER)] == []


@pytest.fixture
def checkout(tmp_path):
    folder = tmp_path / "checkout"
    (folder / "sub").mkdir(parents=True)
    files = {".gitignore": "*.pyc", "sub/changed.py": "a", "deleted.py": "a", "cached.pyc": "a"}
    for name, text in files.items():
        (folder / name).write_text(text)
    for arguments in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    (folder / "sub/changed.py").write_text("b")
    (folder / "new.py").write_text("a")
    (folder / "deleted.py").unlink()
    return folder


def test_a_copy_of_the_checkout_is_checked_as_it_is_now(checkout, tmp_path):
    copy = tmp_path / "copy"
    copy_checkout(checkout, copy, dict(os.environ))
    listed = subprocess.check_output(["git", "ls-files"], cwd=copy, text=True).split()
    assert listed == [".gitignore", "new.py", "sub/changed.py"]
    assert (copy / "sub/changed.py").read_text() == "b"


def test_a_folder_that_is_no_clone_is_not_called_clean(tmp_path):
    with pytest.raises(Failure, match="lists no files"):
        copy_checkout(tmp_path, tmp_path / "copy", dict(os.environ))
