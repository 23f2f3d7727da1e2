"""All measurements in one run: ``setup/benchmark``."""

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path

from odoo.tools import config

from tests.processes.helpers import execute

from . import booking, chart, idle, memory, profile, report, scaling

DOCS = Path(__file__).parents[2] / "lucca_invoices_sync" / "docs"
#: Enough to see whether all works, far too little to measure by.
QUICK = {
    "booking": {"documents": 60, "rounds": 1, "few": 20},
    "memory": {"documents": (60, 120)},
    "idle": {"histories": (100, 200)},
    "scaling": {"documents": 60},
    "profile": {"documents": 60},
}


def main():
    options = _options()
    config.parse_config(["-c", options.config])
    execute(options.database, "VACUUM ANALYZE")
    results = {
        "day": f"{datetime.now().astimezone():%Y-%m-%d}",
        "machine": report.machine(options.database),
    }
    for name, measure in _measures(options).items():
        start = time.monotonic()
        arguments = QUICK[name] if options.quick else {}
        results[name] = measure(options.database, **arguments)
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    pages = {
        "benchmarks.json": json.dumps(results, indent=1) + "\n",
        "benchmarks.svg": chart.drawn(results),
        "benchmarks.md": report.written(results),
    }
    if options.output or not options.quick:
        folder = Path(options.output or DOCS)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text)
    print(report.table(results))


def _measures(options):
    def with_peers(template, **arguments):
        return booking.run(template, options.peers, **arguments)

    return {
        "booking": with_peers,
        "memory": memory.run,
        "idle": idle.run,
        "scaling": scaling.run,
        "profile": profile.run,
    }


def _options():
    parser = argparse.ArgumentParser(prog="setup/benchmark", description=__doc__)
    parser.add_argument("--config", required=True, help="Odoo's configuration file")
    parser.add_argument(
        "--database", required=True, help="with the addon: what is measured is a copy"
    )
    parser.add_argument("--peers", required=True, help="folder for OCA's modules")
    parser.add_argument("--output", help="folder of the results (default: the addon's docs)")
    parser.add_argument("--quick", action="store_true", help="with few documents: only to try it")
    return parser.parse_args()


if __name__ == "__main__":
    main()
