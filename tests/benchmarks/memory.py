"""How large the process of a first import becomes, with ever more documents."""

from .booking import connected, synchronise
from .harness import call

DOCUMENTS = (500, 5_000, 20_000)


def run(template, documents=DOCUMENTS):
    """The figures of each first import, ``peak`` in megabytes, the smallest first."""
    return [_first_import(template, number) for number in documents]


def _first_import(template, documents):
    with connected(template, documents) as (name, connection):
        return call(name, synchronise, connection_id=connection)
