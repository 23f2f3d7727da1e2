"""The errors of requests to Lucca."""

from __future__ import annotations

from ..errors import LuccaError


class InvalidHost(LuccaError):
    """The host is not the address of a Lucca account."""


class RemoteError(LuccaError):
    """A request to Lucca did not give an answer that can be used."""


class Unreachable(RemoteError):
    """Lucca did not answer: network, name, certificate, or a broken connection."""


class Offline(RemoteError):
    """Lucca did not answer several requests in a row."""


class ServerFailure(RemoteError):
    """Lucca answered that it is in trouble itself (408, 5xx)."""


class TooSlow(ServerFailure):
    """Lucca took more than its 5 s for the request (408): it may be asked for less."""


class InvalidAnswer(RemoteError):
    """Lucca answered something else than the documented JSON or file."""


class WrongAnswer(InvalidAnswer):
    """Lucca's JSON is not what was asked for: a failure of the server, which may pass."""


class TooLarge(InvalidAnswer):
    """The answer or the file is larger than ``limit``: bytes, or items for a page of a list.

    For a file, the value ``size`` is its size in bytes, None if the server did not tell it.
    """


class DamagedFile(InvalidAnswer):
    """The file is incomplete, or something else came instead of it."""


class WrongKey(RemoteError):
    """Lucca does not accept the API key (401)."""


class NoKey(WrongKey):
    """No API key is set."""


class AccessDenied(RemoteError):
    """The API key lacks the right to what was asked (403)."""


class NotFound(RemoteError):
    """What was asked is absent, deleted or not visible to the API key (404)."""


class RequestRefused(RemoteError):
    """Lucca refuses the request as it was made (any other 4xx)."""


class MustWait(RemoteError):
    """No request may be made for the next ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"No request to Lucca for {seconds:.0f} s", seconds=seconds)
        self.seconds = seconds
