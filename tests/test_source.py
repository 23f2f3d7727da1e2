"""Rules for the source that no other tool checks."""

import io
import re
import tokenize
from pathlib import Path

import pytest

ADDON = Path(__file__).parents[1] / "lucca_invoices_sync"
#: What a comment says to a tool, not to a reader.
FOR_TOOLS = re.compile(r"(noqa|type|pylint)\b(: ?[\w\[\], =-]*)?")


def uses_of_sudo(source):
    """Yield ``(line, why)`` of each use: the comments of its line and of the two above it."""
    comments = {
        token.start[0]: FOR_TOOLS.sub("", token.string.strip("# "))
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    for number, line in enumerate(source.splitlines(), 1):
        if "sudo(" in line:
            yield number, " ".join(comments.get(number - above, "") for above in (2, 1, 0))


SUDO = [
    pytest.param(why, id=f"{path.name}:{number}")
    for path in sorted(ADDON.rglob("*.py"))
    for number, why in uses_of_sudo(path.read_text())
]


@pytest.mark.parametrize("why", SUDO)
def test_a_comment_says_why_sudo_is_needed(why):
    assert len(why.split()) > 1


def test_the_search_finds_uses_of_sudo():
    assert len(SUDO) > 10


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("# They may not read it.\n\nrecord.sudo()\n", "They may not read it."),
        ("record.sudo()  # noqa: S101, E501\n", ""),
        ("# pylint: disable=no-search-all\nrecord.sudo()\n", ""),
        ('"# not a comment at all"\nrecord.sudo()\n', ""),
        ("# Too far away to explain it.\n\n\nrecord.sudo()\n", ""),
    ],
)
def test_only_words_for_a_reader_say_why(source, why):
    assert [found.strip() for _line, found in uses_of_sudo(source)] == [why]


def test_savepoints_also_undo_the_hooks_of_the_cursor():
    """``models/savepoints.py`` says why Odoo's own savepoint does not do."""
    own = {path for path in ADDON.rglob("*.py") if "cr.savepoint" in path.read_text()}
    assert own == {ADDON / "models/savepoints.py"}
