"""What is found out of a document before anything of it is stored."""

from dataclasses import dataclass, field
from typing import Any

from ...lucca.documents.reference_data import Reference


@dataclass
class Finding:
    """What is found out of a document before anything of it is stored.

    ``company`` is empty where a person has to choose it; ``supplier`` is None where its partner
    is known; ``rates`` are Lucca's VAT rates by id.
    """

    document: Any
    booked: Any
    purchase: Any
    company: Any = None
    supplier: Any = None
    rates: dict = field(default_factory=dict)

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
