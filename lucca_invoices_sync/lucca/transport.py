"""One HTTP request to Lucca: it carries the key, and all that goes wrong is a ``RemoteError``."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import requests
import urllib3
from requests.auth import AuthBase

from .answers import failure_of, retry_after
from .budget import LONGEST_SLEEP
from .errors import InvalidAnswer, MustWait, Unreachable, WrongKey

_logger = logging.getLogger(__name__)

#: Seconds to connect, and between two pieces of an answer (Lucca itself gives up after 5).
#: One number for both: Odoo's test cases compare a request's timeout with a number.
TIMEOUT = 30
MAX_REDIRECTS = 3
CHUNK = 64 * 1024

# Worth another try; what else requests may raise comes from an answer that makes no sense.
_BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
# requests lets some errors of its parts through, for example those of an unreadable redirect.
_FAILED = (requests.RequestException, urllib3.exceptions.HTTPError, ValueError)


class _KeyAuth(AuthBase):
    """Sets the key at each request, so that no netrc entry replaces it."""

    def __init__(self, api_key: str) -> None:
        # What no header can hold would be shown by the error that http.client raises.
        if not api_key.strip() or not api_key.isascii() or not api_key.isprintable():
            raise WrongKey
        self._header = f"lucca application={api_key}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


class _Session(requests.Session):
    """Follows a redirect with the key on the same host only, and never with a netrc entry."""

    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        from_url, to_url = response.request.url, prepared_request.url
        if self.should_strip_auth(from_url, to_url):  # type: ignore[no-untyped-call]
            prepared_request.headers.pop("Authorization", None)


class Transport:
    """Requests to one account, ``url`` being its root."""

    def __init__(self, url: str, api_key: str) -> None:
        self._url = url
        self._session = _Session()
        self._session.max_redirects = MAX_REDIRECTS
        self._session.auth = _KeyAuth(api_key)

    def close(self) -> None:
        self._session.close()

    def get(
        self, path: str, parameters: Mapping[str, Any] | None, *, is_file: bool
    ) -> requests.Response:
        """A successful answer: a file's is still to be read, any other is there whole."""
        response = self._open(path, parameters, is_file)
        _logger.debug("GET %s: %s", path, response.status_code)
        if response.status_code == 429:
            response.close()
            raise MustWait(max(retry_after(response), LONGEST_SLEEP))
        if failure := failure_of(response):
            response.close()
            raise failure
        if not is_file and not _is_whole(response):
            raise Unreachable("The connection broke")
        return response

    def _open(
        self, path: str, parameters: Mapping[str, Any] | None, is_file: bool
    ) -> requests.Response:
        try:
            return self._session.get(
                self._url + path,
                params=parameters,
                headers={"Accept": "*/*" if is_file else "application/json"},
                timeout=TIMEOUT,
                stream=is_file,
            )
        except _BROKEN as error:
            raise Unreachable(type(error).__name__) from error
        except _FAILED as error:
            raise InvalidAnswer(type(error).__name__) from error


def chunks_of(response: requests.Response) -> Iterator[bytes]:
    """A file's content; raise ``InvalidAnswer`` unless it comes whole."""
    try:
        yield from response.iter_content(CHUNK)
    except _FAILED as error:
        raise InvalidAnswer("The file came truncated or damaged") from error
    if not _is_whole(response):
        raise InvalidAnswer("The file came truncated")


def _is_whole(response: requests.Response) -> bool:
    """Whether all bytes came that the server told of: not every urllib3 checks this."""
    headers = response.headers
    length = headers.get("Content-Length", "")
    if "Transfer-Encoding" in headers or not length.isdecimal():
        return True
    return bool(response.raw.tell() == int(length))
