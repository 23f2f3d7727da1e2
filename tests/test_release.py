"""A release makes HISTORY.md of the fragments that were written with the changes."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
README = "lucca_invoices_sync/readme"
FRAGMENTS, HISTORY = f"{README}/newsfragments", f"{README}/HISTORY.md"
KINDS = ("summary", "feature", "bugfix")


def waiting():
    """The fragments that no release has taken yet."""
    return sorted((CHECKOUT / FRAGMENTS).glob("*.md"))


def towncrier(folder, *options):
    command = [sys.executable, "-m", "towncrier", "build", "--version", "19.0.9.9.9", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def checkout(tmp_path):
    """A folder with what towncrier reads, and no fragment."""
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    shutil.copytree(CHECKOUT / README, tmp_path / README)
    for fragment in (tmp_path / FRAGMENTS).glob("*.md"):
        fragment.unlink()
    return tmp_path


def test_the_version_of_the_manifest_is_told_unless_fragments_wait_for_it():
    manifest = ast.literal_eval((CHECKOUT / "lucca_invoices_sync/__manifest__.py").read_text())
    (told,) = re.findall(r"\A## (\S+)\n", (CHECKOUT / HISTORY).read_text())
    assert waiting() or told == manifest["version"]


def test_each_fragment_is_of_a_kind_that_is_told():
    assert [one.name for one in waiting() if one.name.split(".")[1] not in KINDS] == []
    draft = towncrier(CHECKOUT, "--draft")
    assert [one.name for one in waiting() if one.read_text().splitlines()[0] not in draft] == []


def test_a_release_is_written_above_the_former_ones_in_their_shape(checkout):
    former = (checkout / HISTORY).read_text()
    for name, text in (
        ("b.bugfix.md", "A mended thing."),
        ("a.feature.md", "A new thing, which takes\ntwo lines."),
        ("c.summary.md", "What it is about."),
    ):
        (checkout / FRAGMENTS / name).write_text(f"{text}\n")
    towncrier(checkout, "--yes")
    assert (checkout / HISTORY).read_text() == (
        "## 19.0.9.9.9\n\nWhat it is about.\n\n"
        "- A new thing, which takes\n  two lines.\n- A mended thing.\n\n" + former
    )
    assert not list((checkout / FRAGMENTS).glob("*.md"))
