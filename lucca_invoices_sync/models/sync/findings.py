"""What a synchronisation finds out about documents before it stores any of it."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...lucca.api.errors import MustWait, Offline, WrongKey
from ...lucca.documents.reference_data import Reference
from ..troubles import Stopped

#: Errors after which Lucca is not asked for more now. No document causes them.
NOT_NOW = (MustWait, Offline, WrongKey)


@dataclass
class Finding:
    """What Lucca says about one document and its purchase.

    :ivar document: the ``lucca.document``
    :ivar booked: its ``BookedDocument``
    :ivar purchase: its ``Purchase``
    :ivar company: the company of the bill; empty if a person has to choose it
    :ivar supplier: the supplier; None if it could not be read
    :ivar rates: ``{Lucca's id: rate}`` of the VAT rates that were read
    :ivar trouble: why the document has to wait once this is stored
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
        """The references that the company has mappings of: ``{kind: [Reference]}``."""
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
        """The supplier's country (ISO 3166) by its purchase, else by the partner that a person chose."""
        return self.purchase.territory or self.document.partner_id.country_id.code or ""

    @property
    def all_references(self):
        """The references of all kinds, with the establishment."""
        found = [one for references in self.references.values() for one in references]
        establishment = self.purchase.establishment
        return [*found, establishment] if establishment else found

    def keys(self, connection):
        """Return ``[((company, kind, Lucca's id), Reference)]`` of the mappings that it needs."""
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
    """Return how many different purchases the documents of a connection have."""
    query = connection.env["lucca.document"]._search([("connection_id", "=", connection.id)])
    sql = query.select(SQL("count(DISTINCT purchase_lucca_id)"))
    return connection.env.execute_query(sql)[0][0]


def link_mappings(env, links):
    """Link documents to the mappings that they use, by two queries for all documents.

    Writing the field would take two queries a document.

    :param links: ``{document: mappings}``
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
    """The answers of Lucca about a batch of documents.

    :ivar findings: the complete ``Finding``s
    :ivar troubles: ``{document: exception}`` of the documents that cannot be resolved
    :ivar interruption: the error after which Lucca is not asked for more now, or None
    :ivar places: the ``Places`` that find the documents' companies
    """

    def __init__(self, turn, places):
        self.findings, self.troubles, self.interruption = [], {}, None
        self.places, self._turn = places, turn

    @property
    def goes_on(self):
        """Whether Lucca may be asked for more in this slice of the scheduler."""
        return self._turn.has_time and not self.interruption

    @contextmanager
    def about(self, document):
        """Keep an error about a document in ``troubles``, so that the others go on."""
        try:
            yield
        except (Stopped, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            raise
        except NOT_NOW as error:
            self.interruption = error
        except Exception as trouble:  # noqa: BLE001  (it is raised again when the findings are stored)
            self.troubles[document] = trouble
            self._turn.note_work()
