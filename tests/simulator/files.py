"""The files of documents: their metadata, and their contents, which are made when asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath
from typing import Any

from .papers import Paper

_FILES = "/cleemy-procurement/api/files"
_CONTENT_TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".eml": "message/rfc822",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_PRINTERS: dict[str, Callable[[Paper], bytes]] = {
    ".png": Paper.as_png,
    ".eml": Paper.as_email,
    ".docx": Paper.as_docx,
}


@dataclass(frozen=True)
class StoredFile:
    """A file of a document."""

    id: str
    name: str
    content: Callable[[], bytes]
    content_type: str
    page_count: int = 1

    @property
    def href(self) -> str:
        return f"{_FILES}/{self.id}"

    def metadata(self) -> dict[str, Any]:
        links = {"href": self.href, "displayHref": f"{self.href}/display"}
        return {"id": self.id, "name": self.name, **links}

    def attachment(self, identifier: int, created_at: str) -> dict[str, Any]:
        template = f"{self.href}/display/pages/{{pageNumber}}"
        return {
            "id": identifier,
            "createdAt": created_at,
            "file": self.metadata(),
            "pages": {"displayHrefTemplate": template, "count": self.page_count},
        }


# A name whose suffix decides what to print ("factur-x" embeds an electronic invoice); or a name and
# its content; or also its content type.
FileSpec = str | tuple[str, bytes] | tuple[str, bytes, str]


def stored(identifier: str, spec: FileSpec, paper: Paper) -> StoredFile:
    if not isinstance(spec, str):
        return _given(identifier, *spec)
    usual = Paper.as_factur_x if "factur-x" in spec else Paper.as_pdf
    printer = _PRINTERS.get(_suffix(spec), usual)
    content_type, pages = _content_type(spec), paper.page_count
    own = replace(paper, reference=identifier)
    return StoredFile(identifier, spec, partial(printer, own), content_type, pages)


def _given(identifier: str, name: str, content: bytes, content_type: str = "") -> StoredFile:
    return StoredFile(identifier, name, lambda: content, content_type or _content_type(name))


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def _content_type(name: str) -> str:
    return _CONTENT_TYPES.get(_suffix(name), "application/octet-stream")
