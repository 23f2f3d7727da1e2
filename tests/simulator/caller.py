"""A small HTTP client for the simulator's own tests."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import requests

from .lucca import API
from .server import LuccaServer
from .tenant import Tenant

LIST = f"{API}/booked-documents"
RATES = "/cleemy-procurement/taxes/api/rates"
NOON = datetime(2026, 5, 4, 12, tzinfo=timezone.utc)
APPROVED = {"invoice.conformityStates": "Confirmed", "creditNote.conformityStates": "Confirmed"}


class Caller:
    """A client that sends the tenant's key, unless it is given another header."""

    def __init__(self, server: LuccaServer) -> None:
        self.server = server
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"lucca application={server.tenant.api_key}"

    def get(self, path: str, query: Any = None, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else self.server.url + path
        return self.session.get(url, params=query, timeout=10, **options)

    def control(self, name: str, **body: Any) -> requests.Response:
        return self.session.post(f"{self.server.url}/simulator/{name}", json=body, timeout=10)

    def list(self, **query: Any) -> Any:
        """Return the answer to a call for approved documents; `_` in a parameter's name stands for a dot."""
        named = {name.replace("_", "."): value for name, value in query.items()}
        return self.get(LIST, APPROVED | named).json()

    def ids(self, **query: Any) -> list[int]:
        return [item["id"] for item in self.list(**query)["items"]]


def statuses(caller: Caller, count: int, path: str = LIST) -> list[int]:
    return [caller.get(path).status_code for _ in range(count)]


def seconds_since_noon(tenant: Tenant) -> float:
    return (tenant.clock.now() - NOON).total_seconds()
