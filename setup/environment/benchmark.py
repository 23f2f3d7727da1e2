"""The command setup/benchmark: measure how fast the addon is, beside Odoo's own work and other addons."""

from __future__ import annotations

import sys

from . import processes
from .console import say
from .workshop import CHECKOUT, opened

USAGE = """usage: setup/benchmark [--quick] [--all] [--output FOLDER] [PART ...]

Measures what lucca_invoices_sync/docs/benchmarks.md shows, and writes it anew: half an hour, on a machine
that does nothing else. With parts, only these are measured, and the figures of the others are kept.

PART             booking, memory, idle, scaling, requests, pages, screens (two minutes), trail or profile
--quick          with few documents, to see that it works: three minutes, and nothing is written
--all            try all numbers of pages with all answer times, not a third of them: ten minutes more
--output FOLDER  write the results there
"""


def main() -> int:
    """Measure what the arguments say, and return the exit code."""
    arguments = sys.argv[1:]
    if set(arguments) & {"-h", "--help"}:
        print(USAGE)
        return 0
    with opened() as workshop, workshop.databases.test() as database:
        say("Measuring")
        known = [
            f"--config={workshop.odoo.configuration}",
            f"--database={database}",
            f"--peers={workshop.cache.folder('peers')}",
        ]
        command = [workshop.odoo.venv.python, "-m", "tests.benchmarks", *known, *arguments]
        return processes.foreground(command, workshop.env, CHECKOUT)
