"""All measurements in one run: ``setup/benchmark``."""

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path

from odoo.tools import config

from tests.processes.helpers import execute

from . import (
    booking,
    chart,
    idle,
    memory,
    pages,
    profile,
    report,
    requests,
    scaling,
    screens,
    trail,
)

DOCS = Path(__file__).parents[2] / "lucca_invoices_sync" / "docs"
FIGURES = "benchmarks.json"
MEASURES = {
    "booking": booking.run,
    "memory": memory.run,
    "idle": idle.run,
    "scaling": scaling.run,
    "requests": requests.run,
    "pages": pages.run,
    "screens": screens.run,
    "trail": trail.run,
    "profile": profile.run,
}
#: These figures show that all works. They are far too small to measure with.
QUICK = {
    "booking": {"documents": 60, "rounds": 1, "few": 20},
    "memory": {"documents": (60, 120)},
    "idle": {"histories": (100, 200)},
    "scaling": {"documents": 60},
    "profile": {"documents": 60},
    "requests": {"imports": ((150, 20), (250, 0)), "files": (60, 80)},
    "pages": {"number": 6},
    "screens": {"documents": 400},
    "trail": {"documents": 400},
}


def main():
    options = _options()
    config.parse_config(["-c", options.config])
    execute(options.database, "VACUUM ANALYZE")
    folder = Path(options.output or DOCS)
    results = _kept(folder)
    where = report.machine(options.database)
    for name in options.parts or MEASURES:
        start = time.monotonic()
        results[name] = _measure(options, name)
        results["measured"][name] = f"{datetime.now().astimezone():%Y-%m-%d}, {where}"
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
        if options.output or not options.quick:
            _write(folder, results)
    print(report.table(results))


def _measure(options, name):
    arguments = {}
    if options.quick:
        arguments |= QUICK[name]
    elif name == "pages" and options.all:
        arguments["number"] = None
    if name == "booking":
        arguments["folder"] = options.peers
    return MEASURES[name](options.database, **arguments)


def _kept(folder):
    """Return the existing results, for parts that are not measured now."""
    path = folder / FIGURES
    results = json.loads(path.read_text()) if path.exists() else {}
    measured = results.get("measured", {})
    return {"measured": measured, **{name: results[name] for name in measured}}


def _write(folder, results):
    folder.mkdir(parents=True, exist_ok=True)
    pages_ = {
        FIGURES: json.dumps(results, indent=1) + "\n",
        "benchmarks.svg": chart.drawn(results),
        "benchmarks.md": report.written(results),
    }
    for name, text in pages_.items():
        (folder / name).write_text(text)


def _options():
    parser = argparse.ArgumentParser(prog="setup/benchmark", description=__doc__)
    parser.add_argument("--config", required=True, help="Odoo's configuration file")
    parser.add_argument(
        "--database", required=True, help="with the addon: what is measured is a copy"
    )
    parser.add_argument("--peers", required=True, help="folder for OCA's modules")
    parser.add_argument("--output", help="folder of the results (default: the addon's docs)")
    parser.add_argument("--quick", action="store_true", help="with few documents: only to try it")
    parser.add_argument("--all", action="store_true", help="all combinations of pages")
    parser.add_argument("parts", nargs="*", help=f"only these, of {', '.join(MEASURES)}")
    options = parser.parse_args()
    if unknown := set(options.parts) - MEASURES.keys():
        parser.error(f"There is no part {', '.join(sorted(unknown))}: {', '.join(MEASURES)}")
    return options


if __name__ == "__main__":
    main()
