"""A call, its answer, and Lucca's refusals (RFC 7807)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

_HTML = b"<!DOCTYPE html><html><body><h1>Lucca</h1><p>Something went wrong.</p></body></html>"


@dataclass(frozen=True)
class Call:
    """A request, as far as the routes need it; `host` is used for absolute links."""

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    host: str = ""
    body: bytes = b""
    authorized: bool = True

    @property
    def base_url(self) -> str:
        return f"http://{self.host}"

    @property
    def other_url(self) -> str:
        """Return the URL of the same server with another host name."""
        port = self.host.rpartition(":")[2]
        host = "127.0.0.1" if self.host.startswith("localhost") else "localhost"
        return f"http://{host}:{port}"


@dataclass(frozen=True)
class Answer:
    """A response. `cut` breaks the connection halfway, `dropped` before the first byte.

    endless: after its first half it sends a byte at a time, and never ends.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    dropped: bool = False
    endless: bool = False

    @property
    def first_half(self) -> bytes:
        return self.body[: len(self.body) // 2]


class ProblemError(Exception):
    """A refusal with its status, and the errors by parameter."""

    def __init__(self, status: int, detail: str = "", errors: Any = None, **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors or {}
        self.headers = headers

    def answer(self, path: str) -> Answer:
        body = {
            "type": f"https://httpstatuses.io/{self.status}",
            "title": title(self.status),
            "status": self.status,
            "detail": self.detail,
            "instance": path,
            "errors": self.errors,
        }
        return json_answer(body, self.status, "application/problem+json", self.headers)


def json_answer(
    value: Any,
    status: int = 200,
    content_type: str = Answer.content_type,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    return Answer(status, encode(value).encode(), content_type, headers or {})


def html_answer(status: int = 200) -> Answer:
    return Answer(status, _HTML, "text/html")


def encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def title(status: int) -> str:
    return HTTPStatus(status).phrase
