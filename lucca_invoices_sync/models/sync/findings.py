"""What is found out of a document before anything of it is stored."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...lucca.api.errors import MustWait, Offline, WrongKey
from ...lucca.documents.reference_data import Reference
from ..troubles import Stopped

#: What ends the asking for now, whichever document is asked for: none of them is at fault.
NOT_NOW = (MustWait, Offline, WrongKey)


@dataclass
class Finding:
    """What is found out of a document before anything of it is stored.

    ``company`` is empty where a person has to choose it; ``supplier`` is None where its partner
    is known; ``rates`` are Lucca's VAT rates by id; ``trouble`` is why it has to wait once it is
    stored.
    """

    document: Any
    booked: Any
    purchase: Any
    company: Any = None
    supplier: Any = None
    rates: dict = field(default_factory=dict)
    trouble: Exception | None = None

    @property
    def references(self):
        """``{kind: [Reference]}`` of what the company has mappings for."""
        purchase = self.purchase
        taxes = dict.fromkeys(tax.rate_type_id for tax in self.booked.base.taxes)
        return {
            "tax": [Reference(rate_type_id, "") for rate_type_id in taxes],
            "supplier": [purchase.supplier] if purchase.supplier else [],
            "nature": [purchase.nature] if purchase.nature else [],
            "cost_center": [purchase.cost_center] if purchase.cost_center else [],
            "axis_section": list(purchase.axis_sections),
        }

    @property
    def territory(self):
        """The supplier's country (ISO 3166): the purchase's, else that of a person's choice."""
        return self.purchase.territory or self.document.partner_id.country_id.code or ""

    @property
    def all_references(self):
        """Those, and the establishment."""
        found = [one for references in self.references.values() for one in references]
        establishment = self.purchase.establishment
        return [*found, establishment] if establishment else found

    def keys(self, connection):
        """``((company, kind, Lucca's id), Reference)`` of the mappings that it needs."""
        found = [
            ((self.company, kind, one.lucca_id), one)
            for kind, references in self.references.items()
            for one in references
            if self.company
        ]
        if establishment := self.purchase.establishment:
            # Establishments decide the company, so their mappings are the connection's.
            key = (connection.company_id, "establishment", establishment.lucca_id)
            found.append((key, establishment))
        return found


def count_purchases(connection):
    """Return how many purchases the documents of a connection have."""
    query = connection.env["lucca.document"]._search([("connection_id", "=", connection.id)])
    sql = query.select(SQL("count(DISTINCT purchase_lucca_id)"))
    return connection.env.execute_query(sql)[0][0]


def link_mappings(env, links):
    """Link documents to the references that they use: two queries for all of them.

    :param links: ``{document: mappings}``; written one by one, each document takes two
    """
    field = env["lucca.document"]._fields["mapping_ids"]
    table, one, other = map(SQL.identifier, (field.relation, field.column1, field.column2))
    documents = env["lucca.document"].union(*links)
    pairs = [SQL("(%s, %s)", d.id, m.id) for d, mappings in links.items() for m in mappings]
    env.flush_all()
    env.cr.execute(SQL("DELETE FROM %s WHERE %s IN %s", table, one, documents._ids))
    if pairs:
        values = SQL(", ").join(pairs)
        env.cr.execute(SQL("INSERT INTO %s (%s, %s) VALUES %s", table, one, other, values))
    documents.invalidate_recordset(["mapping_ids"], flush=False)
    env["lucca.mapping"].invalidate_model(["document_ids"], flush=False)
    documents.modified(["mapping_ids"])


class Asked:
    """What was asked of some documents.

    ``findings`` are complete; ``troubles`` are ``{document: exception}`` of those that cannot be
    resolved; ``interruption`` is why Lucca cannot be asked for more now; ``places`` tell whose
    bills they become.
    """

    def __init__(self, turn, places):
        self.findings, self.troubles, self.interruption = [], {}, None
        self.places, self._turn = places, turn

    @property
    def goes_on(self):
        """Whether more may be asked in this slice."""
        return self._turn.has_time and not self.interruption

    @contextmanager
    def about(self, document):
        """Keep one document's trouble to itself, until it is stored with what else was found."""
        try:
            yield
        except (Stopped, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            raise
        except NOT_NOW as error:
            self.interruption = error
        except Exception as trouble:  # noqa: BLE001  (it is raised again where it is stored)
            self.troubles[document] = trouble
            self._turn.note_work()
