"""One HTTP request to Lucca: it carries the key, and all that goes wrong is a ``RemoteError``."""

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
#: Bytes read at once: a thousand times as many may come out of packed ones.
CHUNK = 8 * 1024
#: Bytes of a JSON answer, unpacked: a page of 100 documents has less than 1 MB.
LARGEST_JSON = 16 * 1024 * 1024
LARGEST_ERROR = 64 * 1024
#: One of them, once: chained codings unpack a few bytes to gigabytes.
CODINGS = ("", "identity", "gzip", "deflate")

# Worth another try; what else requests may raise comes from an answer that makes no sense.
_BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
# requests lets some errors of its parts through, for example those of an unreadable redirect.
_FAILED = (requests.RequestException, urllib3.exceptions.HTTPError, ValueError)


class _KeyAuth(AuthBase):
    """Sets the key at each request, so that no netrc entry replaces it."""

    def __init__(self, api_key: str) -> None:
        if not api_key.strip():
            raise NoKey
        # What no header can hold would be shown by the error that http.client raises.
        if not api_key.isascii() or not api_key.isprintable():
            raise WrongKey
        self._header = f"lucca application={api_key}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


class _Session(requests.Session):
    """Follows a redirect where ``hosts`` allows it: with the key on the same host only.

    ``may_leave`` says whether the answer may come from another host, ``has_left`` whether it does.
    """

    may_leave = has_left = False

    def send(self, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
        """Always check certificates: requests 2.25 does not where CURL_CA_BUNDLE is empty."""
        settings["verify"] = settings.get("verify") or True
        return super().send(request, **settings)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target: str | None = super().get_redirect_target(resp)
        if target:
            resp.close()  # else requests would read what comes with it, however large
        return target

    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        """Drop the key elsewhere; never put a netrc entry in its place.

        Checked here, before anything is sent: it is the URL that requests made of the target.
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
    """Requests to one account, ``url`` being its root.

    Past ``end`` (by ``time.monotonic``) an answer that has not come whole is ``Unreachable``.
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
        """The JSON of a successful answer, at most ``LARGEST_JSON`` bytes; or a ``RemoteError``."""
        self._session.may_leave = False
        with self._successful(path, parameters, "application/json", end) as response:
            return read_json(response, self._read(response, LARGEST_JSON))

    def file(self, path: str, end: float) -> requests.Response:
        """A successful answer that is still to be read, see ``chunks``; or a ``RemoteError``."""
        self._session.may_leave = True
        return self._successful(path, None, "*/*", end)

    def chunks(self, response: requests.Response, limit: int) -> Iterator[bytes]:
        """A file's content.

        :param limit: bytes
        :raises TooLarge: with the value ``size``, None where it is not known
        :raises InvalidAnswer: it does not come whole
        :raises Unreachable: it does not come in time
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
            if not is_same_place(str(response.url), self._url):  # its key or budget is not Lucca's
                status = response.status_code
                raise ServerFailure(f"The file storage answered {status}", status=status)
            if response.status_code == 429:
                raise MustWait(max(retry_after(response), LONGEST_SLEEP))
            raise failure_of(response, self._read_error(response) if is_readable else b"")

    def _read(self, response: requests.Response, limit: int) -> bytes:
        """The body; raise ``Unreachable`` where it breaks off, ``TooLarge`` past the limit."""
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
        """What an error says; it counts even where that cannot be read."""
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
        except OSError as error:  # a certificate file that is named, but is not there
            raise Unreachable(str(error)) from error


def _length(response: requests.Response) -> int | None:
    """The bytes that the server told of, as they are sent."""
    length = response.headers.get("Content-Length", "")
    is_told = length.isdecimal() and "Transfer-Encoding" not in response.headers
    return int(length[:20]) if is_told else None


def _is_whole(response: requests.Response) -> bool:
    """Whether all bytes came that the server told of: not every urllib3 checks this."""
    length = _length(response)
    return length is None or bool(response.raw.tell() == length)
