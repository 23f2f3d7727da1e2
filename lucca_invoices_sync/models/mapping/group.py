"""What was decided on a reference of Lucca in one company, taken over by other companies of the connection."""

from odoo import api, models

from ..supplier.own_contacts import with_own_contacts
from .history import CHOSEN
from .mapping import TARGETS

#: Only a supplier or a tax that was found in these ways was decided. Each company finds the others by itself, by a
#: number, an IBAN, a name or a rate.
DECIDED_BY = {"person", "person_created", "created"}
#: ``{kind: the fields that are taken over}``. A supplier is known by what Lucca had of it when it was decided.
TAKEN_OVER = {
    "tax": [*TARGETS["tax"], "found_by"],
    "nature": [*TARGETS["nature"], "tax_scope"],
    "cost_center": TARGETS["cost_center"],
    "axis_section": TARGETS["axis_section"],
    "supplier": [*TARGETS["supplier"], "found_by", "supplier_data", "iban"],
}


class LuccaMapping(models.Model):
    """One decision for a company and its branches, and one supplier for all companies that may use the contact.

    A branch uses the accounts, taxes and analytic accounts of its parent companies. A reference that a branch meets
    for the first time is therefore what it is in the nearest parent company. When a person changes it there, the
    branches that had the same follow. Contacts may be shared, so a supplier that no parent company has is what it is
    in any other company, unless its number finds a contact that is the company's own.
    """

    _inherit = "lucca.mapping"

    @api.model
    def _create_missing(self, connection, references, known):
        made = super()._create_missing(connection, references, known)
        others = self.union(*known.values()) if made else self
        decided = others.filtered(lambda one: one._is_decided()).grouped(_reference)
        sources = {
            mapping: source
            for (company, kind, lucca_id), mapping in made.items()
            if (source := decided.get((connection, kind, lucca_id), self)._nearest_to(company))
        }
        strange = {new: source for new, source in sources.items() if new._is_unrelated(source)}
        finding = with_own_contacts(self.union(*strange), strange)
        for mapping, source in sources.items():
            if mapping not in finding:
                new = mapping.with_context(lucca_releases_later=True)
                new._take_over(source, TAKEN_OVER[mapping.kind])
        return made

    def write(self, vals):
        names = CHOSEN & vals.keys()
        if not (names and self._is_written_by_a_person()):
            return super().write(vals)
        # What somebody else chose before may be hidden from the person. It is only compared.
        before = {one: [one[name] for name in names] for one in self.sudo()}
        result = super().write(vals)
        self._lead_branches(names, before)
        return result

    def _lead_branches(self, names, before):
        """Let the branches follow where they had the same as these mappings.

        :param names: the names of the fields that a person wrote
        :param before: the values of these fields before, for each mapping
        """
        # The person may not work for the branches.
        leading = self.sudo().filtered("company_id.child_ids")
        sources = leading.filtered(lambda one: one.kind in TAKEN_OVER).grouped(_reference)
        if not sources:
            return
        below = leading.search(
            [
                ("connection_id", "in", leading.connection_id.ids),
                ("lucca_id", "in", leading.mapped("lucca_id")),
                ("company_id", "child_of", leading.company_id.ids),
                ("id", "not in", self.ids),
            ]
        )
        for mapping in below:
            above = mapping.company_id.parent_ids
            found = sources.get(_reference(mapping), leading.browse())
            source = found.filtered(lambda one, above=above: one.company_id in above)
            source = source._nearest_to(mapping.company_id)
            if source and [mapping[name] for name in names] == before[source]:
                # The branch's documents are released here, even if the caller releases its own later.
                led = mapping.with_context(lucca_releases_later=False)
                led._take_over(source, {*names, "found_by"})

    def _is_decided(self):
        """Return whether it was decided what a reference is in Odoo. Establishments belong to no single company."""
        if self.kind in ("supplier", "tax"):
            return self.is_mapped and self.found_by in DECIDED_BY
        return self.kind in TAKEN_OVER and (self.is_mapped or bool(self.tax_scope))

    def _nearest_to(self, company):
        """Return the mapping, among those of one reference, that another company takes over; may be empty."""
        above = list(reversed(company.parent_ids))
        fitting = self.filtered(lambda one: one._fits(company, above))
        own = fitting.filtered(lambda one: one.company_id in above)
        if own:
            return own.sorted(lambda one: above.index(one.company_id))[:1]
        # Companies that are not related may have decided differently. Then the supplier is found by its signs.
        return fitting[:1] if len(fitting.partner_id) == 1 else fitting.browse()

    def _fits(self, company, above):
        """Return whether another company may use what a reference is in this mapping's company.

        :param above: the other company and its parent companies
        """
        if self.kind != "supplier" and self.company_id not in above:
            return False
        country = company.account_fiscal_country_id  # a branch may have none
        if self.kind == "tax" and country and country != self.company_id.account_fiscal_country_id:
            return False
        if company.root_id in self.partner_id.commercial_partner_id.ref_company_ids.root_id:
            return False  # no company is a supplier of its own branches
        targets = [self[name] for name in TARGETS[self.kind] if self[name]]
        return all(
            target.active and target.filtered_domain(target._check_company_domain(company))
            for target in targets
        )

    def _is_unrelated(self, source):
        """Return whether the company of another mapping is no parent company of this one's."""
        return source.company_id not in self.company_id.parent_ids

    def _take_over(self, source, names):
        """Let a reference be what it is in another company, as far as fields with these names say that."""
        self.write(
            {
                name: self._fields[name].convert_to_write(source[name], source)
                for name in TAKEN_OVER[self.kind]
                if name in names
            }
        )


def _reference(mapping):
    """Return the key of a reference of Lucca, whatever the company."""
    return mapping.connection_id, mapping.kind, mapping.lucca_id
