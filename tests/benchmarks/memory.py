"""The memory of the process of a first import, with growing numbers of documents."""

from .booking import connected, synchronise
from .harness import call

DOCUMENTS = (500, 5_000, 20_000)


def run(template, documents=DOCUMENTS):
    """Return the figures of each first import, the smallest first. ``peak`` is in megabytes."""
    return [_first_import(template, number) for number in documents]


def _first_import(template, documents):
    with connected(template, documents) as (name, connection):
        return call(name, synchronise, connection_id=connection)
