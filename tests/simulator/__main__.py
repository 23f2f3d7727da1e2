"""Run the simulator alone: python -m tests.simulator --port 8070."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from contextlib import closing, suppress
from typing import Any

from .server import LuccaServer
from .tenant import Tenant


def main() -> int:
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, _interrupt)
    with suppress(KeyboardInterrupt):
        _serve(_options())
    return 0


def _serve(options: argparse.Namespace) -> None:
    tenant = Tenant.realistic(options.documents, options.seed, options.key)
    with closing(LuccaServer(tenant, options.host, options.port)) as server:
        server.behaviour.change(**options.behave)
        print(f"Lucca simulator on {server.url}", flush=True)
        server.serve_forever()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8070)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--key", default="demo-key")
    parser.add_argument("--behave", type=json.loads, default={}, metavar="JSON")
    return parser.parse_args()


def _interrupt(*signal_and_frame: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
