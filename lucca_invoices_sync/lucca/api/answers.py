"""Turn an answer of Lucca into its JSON, or into the error that its status means."""

from __future__ import annotations

import time
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from ..documents.reading import clean_text, loads, parse_decimal
from .errors import (
    AccessDenied,
    InvalidAnswer,
    NotFound,
    RemoteError,
    RequestRefused,
    ServerFailure,
    TooSlow,
    WrongKey,
)

#: The longest pause that a server may ask for (seconds).
LONGEST_PAUSE = 15 * 60
#: The pause after a 429 that names none (seconds): Lucca counts the requests of 60 s.
USUAL_PAUSE = 60
MAX_DETAIL = 300

_FAILURES: dict[int, type[RemoteError]] = {
    401: WrongKey,
    403: AccessDenied,
    404: NotFound,
    408: TooSlow,
}


def failure_of(response: requests.Response, body: bytes) -> RemoteError:
    """Return the error that a status of 300 or more means."""
    status = response.status_code
    if status < 400:
        return InvalidAnswer(f"Lucca redirects nowhere ({status})")
    kind = _FAILURES.get(status, ServerFailure if status >= 500 else RequestRefused)
    return kind(f"Lucca answered {status}", status=status, detail=_detail(response, body))


def _detail(response: requests.Response, body: bytes) -> str:
    """Return Lucca's own words about an error, from RFC 7807 or the older ``Message``, else ""."""
    try:
        problem = loads(body)
    except ValueError:
        return ""
    if not isinstance(problem, dict):
        return ""
    words = [problem.get(key) for key in ("title", "detail", "Message")]
    words += _field_errors(problem.get("errors"))
    text = clean_text(" ".join(str(word) for word in words if word))
    return _without_key(text, response)[:MAX_DETAIL]


def _field_errors(errors: Any) -> list[str]:
    """Return the errors ``{field: [message, ...]}`` as one text a field."""
    if not isinstance(errors, dict):
        return []
    texts = {
        field: ", ".join(map(str, messages)) if isinstance(messages, list) else messages
        for field, messages in errors.items()
    }
    return [f"{field}: {text}" for field, text in texts.items()]


def _without_key(text: str, response: requests.Response) -> str:
    """Return a text without the API key: an error page may repeat the headers of the request."""
    _scheme, _sign, key = response.request.headers.get("Authorization", "").partition("=")
    return text.replace(key, "***") if key else text


def read_json(response: requests.Response, body: bytes) -> Any:
    """Return the JSON of a successful answer; raise ``InvalidAnswer`` for anything else."""
    try:
        return loads(body)
    except ValueError as error:
        kind = response.headers.get("Content-Type") or "of no type"
        raise InvalidAnswer(f"Lucca's answer is not JSON but {kind[:60]}") from error


def retry_after(response: requests.Response) -> float:
    """Return the pause (seconds, capped) that a 429 asks for, as seconds or as an HTTP date."""
    value = response.headers.get("Retry-After", "").strip()
    seconds = parse_decimal(value)
    pause = float(seconds) if seconds is not None else _until(value)
    return min(max(pause, 0.0), LONGEST_PAUSE)


def _until(value: str) -> float:
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return USUAL_PAUSE
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return aware.timestamp() - time.time()
