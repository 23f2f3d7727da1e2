"""Rules for the source that no other tool checks."""

from pathlib import Path

import pytest

ADDON = Path(__file__).parents[1] / "lucca_invoices_sync"
SUDO = [
    pytest.param(lines, index, id=f"{path.name}:{index + 1}")
    for path in sorted(ADDON.rglob("*.py"))
    for lines in [path.read_text().splitlines()]
    for index, line in enumerate(lines)
    if "sudo(" in line
]


@pytest.mark.parametrize(("lines", "index"), SUDO)
def test_a_comment_says_why_sudo_is_needed(lines, index):
    assert any("# " in line for line in lines[max(0, index - 2) : index + 1])


def test_the_search_finds_uses_of_sudo():
    assert len(SUDO) > 10
