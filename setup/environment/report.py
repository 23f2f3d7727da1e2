"""The table that says what the demo did."""

from __future__ import annotations

import textwrap
from typing import Any

WIDTH = 90


def table(figures: dict[str, Any]) -> str:
    """Return the figures as lines of a name and a value."""
    lines = [f"  {name:<22}{value}" for name, value in _rows(figures)]
    return "\n".join(["", *lines, ""])


def is_good(figures: dict[str, Any]) -> bool:
    """Return whether all was synchronised. Documents that need attention are part of a normal day."""
    return (
        bool(figures["finished"]) and not figures["error"] and not figures["states"].get("failed")
    )


def _rows(figures: dict[str, Any]) -> list[tuple[str, Any]]:
    states, words = figures["states"], figures["words"]
    return [
        ("Documents", f"{sum(states.values())} ({_counts(states, words)})"),
        ("Bills", figures["bills"]),
        ("Refunds", figures["refunds"]),
        *((f"Total {name}", amount) for name, amount in sorted(figures["totals"].items())),
        ("Files", figures["files"]),
        *_waiting(figures["waiting"], words),
        ("Requests", figures["requests"]),
        (
            "Seconds",
            f"{figures['seconds']:.1f} to synchronise, {figures['total_seconds']:.1f} in all",
        ),
        *([("Error", figures["error"])] if figures["error"] else []),
    ]


def _counts(counts: dict[str, int], words: dict[str, str]) -> str:
    return ", ".join(f"{words[name]}: {number}" for name, number in sorted(counts.items()))


def _waiting(waiting: list[dict[str, Any]], words: dict[str, str]) -> list[tuple[str, str]]:
    """Return a row for each reason for which documents need attention; only the first has a name."""
    texts = (f"{entry['count']} {words[entry['reason']]}: {entry['message']}" for entry in waiting)
    rows = [textwrap.shorten(text, WIDTH, placeholder=" ...") for text in texts]
    names = ["Needs attention", *[""] * len(rows)]
    return list(zip(names, rows or ["nothing"], strict=False))
