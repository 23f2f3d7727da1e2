"""How large the process of a first import becomes, with ever more documents."""

from tests.processes.helpers import copy

from .booking import prepare, synchronise
from .harness import call, lucca

DOCUMENTS = (500, 5_000, 20_000)


def run(template, documents=DOCUMENTS):
    """The figures of each first import, ``peak`` in megabytes, the smallest first."""
    return [_first_import(template, number) for number in documents]


def _first_import(template, documents):
    with lucca(documents) as url, copy(template) as name:
        (connection,) = call(name, prepare, hosts=[url])
        return call(name, synchronise, connection_id=connection)
