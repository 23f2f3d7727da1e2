"""The errors of requests to Lucca."""

from __future__ import annotations

from typing import Any

from ..errors import LuccaError


class InvalidHost(LuccaError):
    """The host is not the address of a Lucca account."""

    usual_message = "The host is not the address of a Lucca account"


class RemoteError(LuccaError):
    """A request to Lucca did not give an answer that can be used.

    :ivar place: of a list, the ``Place`` at which the next reading goes on; None to go on where it failed
    """

    place: Any = None  # of no type, since the module of ``Place`` imports this one
    usual_message = "Lucca did not give an answer that can be used"


class Unreachable(RemoteError):
    """Lucca did not answer: network, name, certificate, or a broken connection."""

    usual_message = "Lucca did not answer"


class Offline(RemoteError):
    """Lucca did not answer several requests in a row."""

    usual_message = "Lucca did not answer several requests in a row"


class ServerFailure(RemoteError):
    """Lucca answered that it is in trouble itself (408, 5xx)."""

    usual_message = "Lucca is in trouble itself"


class TooSlow(ServerFailure):
    """Lucca took more than its 5 s for the request (408): it may be asked for less."""

    usual_message = "Lucca took too long for the request"


class InvalidAnswer(RemoteError):
    """Lucca answered something else than the documented JSON or file."""

    usual_message = "Lucca answered something else than documented"


class WrongAnswer(InvalidAnswer):
    """Lucca's JSON is not what was asked for: a failure of the server, which may pass."""

    usual_message = "Lucca's answer is not what was asked for"


class TooLarge(InvalidAnswer):
    """The answer or the file is larger than ``limit``: bytes, or items for a page of a list.

    For a file, the value ``size`` is its size in bytes, None if the server did not tell it.
    """

    usual_message = "The answer or the file is too large"


class DamagedFile(InvalidAnswer):
    """The file is incomplete."""

    usual_message = "The file is incomplete"


class NotTheFile(InvalidAnswer):
    """Something else came instead of the file, such as a web page or JSON: a failure of the server."""

    usual_message = "Something else came instead of the file"


class WrongKey(RemoteError):
    """Lucca does not accept the API key (401)."""

    usual_message = "Lucca does not accept the API key"


class NoKey(WrongKey):
    """No API key is set."""

    usual_message = "No API key is set"


class AccessDenied(RemoteError):
    """The API key lacks the right to what was asked (403)."""

    usual_message = "The API key lacks the right to what was asked"


class NotFound(RemoteError):
    """What was asked is absent, deleted or not visible to the API key (404)."""

    usual_message = "What was asked is not there for the API key"


class RequestRefused(RemoteError):
    """Lucca refuses the request as it was made (any other 4xx)."""

    usual_message = "Lucca refuses the request"


class MustWait(RemoteError):
    """No request may be made for the next ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"No request to Lucca for {seconds:.0f} s", seconds=seconds)
        self.seconds = seconds
