"""Make one HTTP request to Lucca with the key; whatever goes wrong is a ``RemoteError``."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import requests
import urllib3
from requests.auth import AuthBase

from .answers import failure_of, read_json, retry_after
from .budget import LONGEST_SLEEP
from .deadline import TIMEOUT, Deadline, TimedAdapter
from .errors import InvalidAnswer, MustWait, NoKey, ServerFailure, TooLarge, Unreachable, WrongKey
from .hosts import check_redirect, is_same_place, leads_elsewhere

_logger = logging.getLogger(__name__)

MAX_REDIRECTS = 3
#: Bytes that are read at once. Unpacked, they may be a thousand times as many.
CHUNK = 8 * 1024
#: Most bytes of an unpacked JSON answer. A page of 100 documents has less than 1 MB.
LARGEST_JSON = 16 * 1024 * 1024
LARGEST_ERROR = 64 * 1024
#: Accepted values of Content-Encoding. A chain of codings could unpack a few bytes to gigabytes.
CODINGS = ("", "identity", "gzip", "deflate")

# These errors are worth another try. Any other error of requests comes from a senseless answer.
_BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
# All errors of a request. The library requests lets some errors of its parts through, for example
# those of an unreadable redirect.
_FAILED = (requests.RequestException, urllib3.exceptions.HTTPError, ValueError)


class _KeyAuth(AuthBase):
    """Sets the key at each request, so that no netrc entry replaces it."""

    def __init__(self, api_key: str) -> None:
        if not api_key.strip():
            raise NoKey
        # The error that http.client raises for a key that no header can hold would show the key.
        if not api_key.isascii() or not api_key.isprintable():
            raise WrongKey
        self._header = f"lucca application={api_key}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


class _Session(requests.Session):
    """A session that follows redirects if ``hosts`` allows it, with the key on the same host only.

    ``may_leave`` says whether the answer may come from another host, ``has_left`` whether it does.
    """

    may_leave = has_left = False

    def send(self, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
        """Send a request and check the certificate: requests 2.25 does not if CURL_CA_BUNDLE is empty."""
        settings["verify"] = settings.get("verify") or True
        return super().send(request, **settings)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target: str | None = super().get_redirect_target(resp)
        if target:
            resp.close()  # else requests would read the body of the redirect, however large
        return target

    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        """Drop the key if a redirect leaves the host; never put a netrc entry in its place.

        The redirect is checked here because requests calls this before it sends anything, and with
        the very URL that it will call.
        """
        here, there = str(response.request.url), str(prepared_request.url)
        if not leads_elsewhere(here, there):
            return
        if not self.may_leave:
            status = response.status_code
            raise ServerFailure("Lucca redirects to another host", status=status)
        check_redirect(here, there)
        self.has_left = True
        prepared_request.headers.pop("Authorization", None)


class Transport:
    """Requests to one Lucca account, whose root is ``url``.

    An answer that has not come whole at ``end`` (by ``time.monotonic``) raises ``Unreachable``.
    """

    def __init__(self, url: str, api_key: str) -> None:
        self._url = url
        self._deadline = Deadline()
        self._session = _Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, TimedAdapter(self._deadline))
        self._session.max_redirects = MAX_REDIRECTS
        self._session.auth = _KeyAuth(api_key)

    def close(self) -> None:
        self._session.close()

    def json(self, path: str, parameters: Mapping[str, Any] | None, end: float) -> Any:
        """Return the JSON of a successful answer of at most ``LARGEST_JSON`` bytes.

        :raises RemoteError: there is no such answer
        """
        self._session.may_leave = False
        with self._successful(path, parameters, "application/json", end) as response:
            return read_json(response, self._read(response, LARGEST_JSON))

    def file(self, path: str, end: float) -> requests.Response:
        """Return a successful answer whose content is still to be read with ``chunks``.

        :raises RemoteError: there is no such answer
        """
        self._session.may_leave = True
        return self._successful(path, None, "*/*", end)

    def chunks(self, response: requests.Response, limit: int) -> Iterator[bytes]:
        """Yield the content of a file.

        :param limit: the most bytes that are accepted
        :raises TooLarge: the file has more bytes; see the value ``size``
        :raises InvalidAnswer: the file does not come whole
        :raises Unreachable: the file does not come in time
        """
        size, told = 0, _length(response)
        try:
            if (told or 0) > limit:
                raise TooLarge(f"The file is larger than {limit} bytes", limit=limit, size=told)
            for chunk in response.iter_content(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise TooLarge(f"The file is larger than {limit} bytes", limit=limit, size=None)
                yield chunk
        except _FAILED as error:
            if self._deadline.is_over:
                raise Unreachable("The file did not come in time") from error
            raise InvalidAnswer("The file came truncated or damaged") from error
        if not _is_whole(response):
            raise InvalidAnswer("The file came truncated")

    def _successful(
        self, path: str, parameters: Mapping[str, Any] | None, accept: str, end: float
    ) -> requests.Response:
        """Return a successful answer whose body is still to be read; raise a ``RemoteError`` for others."""
        self._deadline.end = end
        response = self._open(path, parameters, accept)
        _logger.debug("GET %s: %s", path, response.status_code)
        is_readable = response.headers.get("Content-Encoding", "").strip().lower() in CODINGS
        if response.status_code < 300:
            if is_readable:
                return response
            response.close()
            raise InvalidAnswer("Lucca's answer is packed in an unknown way")
        with response:
            # A 401 or 429 of another host says nothing about the key or the budget at Lucca.
            if not is_same_place(str(response.url), self._url):
                status = response.status_code
                raise ServerFailure(f"The file storage answered {status}", status=status)
            if response.status_code == 429:
                raise MustWait(max(retry_after(response), LONGEST_SLEEP))
            raise failure_of(response, self._read_error(response) if is_readable else b"")

    def _read(self, response: requests.Response, limit: int) -> bytes:
        """Return the body of an answer.

        :raises Unreachable: it breaks off
        :raises TooLarge: it has more than ``limit`` bytes
        :raises InvalidAnswer: it cannot be unpacked
        """
        content = bytearray()
        try:
            if (_length(response) or 0) > limit:
                raise TooLarge(f"Lucca's answer is larger than {limit} bytes", limit=limit)
            for chunk in response.iter_content(CHUNK):
                content += chunk
                if len(content) > limit:
                    raise TooLarge(f"Lucca's answer is larger than {limit} bytes", limit=limit)
        except _BROKEN as error:
            raise Unreachable(type(error).__name__) from error
        except _FAILED as error:
            raise InvalidAnswer(type(error).__name__) from error
        if not _is_whole(response):
            raise Unreachable("The connection broke")
        return bytes(content)

    def _read_error(self, response: requests.Response) -> bytes:
        """Return the body of an error, empty if it cannot be read: the status counts all the same."""
        try:
            return self._read(response, LARGEST_ERROR)
        except (InvalidAnswer, Unreachable):
            return b""

    def _open(
        self, path: str, parameters: Mapping[str, Any] | None, accept: str
    ) -> requests.Response:
        self._session.has_left = False
        try:
            return self._session.get(
                self._url + path,
                params=parameters,
                headers={"Accept": accept, "Accept-Encoding": "gzip, deflate"},
                timeout=TIMEOUT,
                stream=True,
            )
        except _BROKEN as error:
            if self._session.has_left:  # Lucca itself did answer
                raise ServerFailure("The file storage does not answer") from error
            raise Unreachable(type(error).__name__) from error
        except _FAILED as error:
            raise InvalidAnswer(type(error).__name__) from error
        except OSError as error:  # a certificate file that is configured does not exist
            raise Unreachable(str(error)) from error


def _length(response: requests.Response) -> int | None:
    """Return how many bytes the server says that it sends, still packed; None if it does not say."""
    length = response.headers.get("Content-Length", "")
    is_told = length.isdecimal() and "Transfer-Encoding" not in response.headers
    return int(length[:20]) if is_told else None


def _is_whole(response: requests.Response) -> bool:
    """Return whether as many bytes came as the server said: not every version of urllib3 checks this."""
    length = _length(response)
    return length is None or bool(response.raw.tell() == length)
