from odoo import api, models
from odoo.tools import SQL

from ..lucca.suppliers import iban_key, name_key, registry_keys, siren_vat, vat_key
from ..troubles import Blocked


class LuccaSupplier(models.AbstractModel):
    _name = "lucca.supplier"
    _description = "Lucca's Suppliers among Odoo's Partners"

    @api.model
    def _map(self, mapping, supplier):
        """Give a ``lucca.mapping`` the partner of a ``lucca.reference_data.Supplier``.

        Another process may meet the same supplier right now: one of them makes the partner, the
        other finds it, since both look for it alone and in a transaction that begins then.

        :raises Blocked: rather than guess; the candidates are on the mapping
        """
        with self.env["lucca.sync"]._locked(name_key(supplier.name)):
            self.env["lucca.sync"]._checkpoint()
            mapping.iban = iban_key(supplier.iban)
            mapping.candidate_ids, sign = self._find(mapping, supplier)
            self.env["lucca.sync"]._checkpoint()  # kept, whatever is raised below
            with self.env.cr.savepoint():
                partner = self._choose_or_create(mapping, supplier)
                mapping.write({"partner_id": partner.id, "found_by": sign or "created"})
            self.env["lucca.sync"]._checkpoint()

    def _choose_or_create(self, mapping, supplier):
        """The only candidate, else a new partner; raise ``Blocked`` where neither is safe."""
        if len(mapping.candidate_ids) > 1:
            raise Blocked(
                "ambiguous_supplier",
                self.env._(
                    "“%(name)s” fits more than one supplier in Odoo: %(candidates)s. Choose the right one in"
                    " the mappings.",
                    name=supplier.name,
                    candidates=", ".join(mapping.candidate_ids.mapped("display_name")),
                ),
            )
        if mapping.candidate_ids:
            self._tell_new_account(mapping, supplier)
            return mapping.candidate_ids
        if mapping.connection_id.supplier_policy == "match":
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "No supplier in Odoo has the VAT number, registration, IBAN or name of “%s”: create it or"
                    " choose one in the mappings.",
                    supplier.name,
                ),
            )
        return self.env["lucca.supplier.create"]._create(supplier)

    def _tell_new_account(self, mapping, supplier):
        """Note an IBAN that the partner has not: it is for a person to check, then to add."""
        iban = iban_key(supplier.iban)
        partner = mapping.candidate_ids
        if iban and iban not in {iban_key(bank.acc_number) for bank in partner.bank_ids}:
            partner._message_log(
                body=self.env._(
                    "In Lucca this supplier has the IBAN %s, which is not among its bank accounts here: ask"
                    " the supplier, by a number you know, before you add it.",
                    iban,
                )
            )

    # --- finding --------------------------------------------------------------------------------

    @api.model
    def _find(self, mapping, supplier):
        """``(partners, sign)``: those that fit a supplier, and by what (``found_by``). To be extended.

        The surest sign decides: VAT number, registration, IBAN, name. Archived partners and those
        of another company are not seen; a contact leads to its company.
        """
        domain = self.env["res.partner"]._check_company_domain(mapping.company_id)
        others = self._other_suppliers(mapping)
        signs = {
            "vat": self._by_vat,
            "registry": self._by_registry,
            "iban": self._by_iban,
            "name": self._by_name,
        }
        for sign, search in signs.items():
            found = search(domain, supplier).commercial_partner_id.filtered("active")
            if sign in ("iban", "name"):  # neither is a supplier's alone
                found -= others
            found = found.filtered(lambda partner: not _contradict(partner, supplier))
            if found:
                return found.filtered("is_company") or found, sign
        return self.env["res.partner"], False

    def _other_suppliers(self, mapping):
        """The partners that are other suppliers of Lucca."""
        mappings = self.env["lucca.mapping"].search(
            [
                ("connection_id", "=", mapping.connection_id.id),
                ("kind", "=", "supplier"),
                ("lucca_id", "!=", mapping.lucca_id),
                ("partner_id", "!=", False),
            ]
        )
        return mappings.partner_id.commercial_partner_id

    def _by_vat(self, domain, supplier):
        number = vat_key(supplier.vat_number, supplier.territory)
        return self._with_vat(domain, number or siren_vat(supplier.identifier, supplier.territory))

    def _with_vat(self, domain, number):
        partners = self.env["res.partner"]
        companies = [*domain, ("is_company", "=", True)]
        return (
            partners._retrieve_partner_with_vat(number, companies)
            or partners._retrieve_partner_with_vat(number, domain)
            or partners
        )

    def _by_registry(self, domain, supplier):
        """By the whole registration, else by the SIREN: one company, whatever establishment."""
        partners = self.env["res.partner"]
        keys = registry_keys(supplier.identifier, supplier.territory)
        found = partners
        for pattern in [*keys, f"{keys[-1]}_____"] if keys else []:
            query = partners._search([*domain, ("company_registry", "!=", False)])
            registry = SQL("regexp_replace(upper(company_registry), '[^[:alnum:]]', '', 'g')")
            query.add_where(SQL("%s LIKE %s", registry, pattern))
            found = found or partners.browse(query)
        return found or self._with_vat(domain, siren_vat(supplier.identifier, supplier.territory))

    def _by_iban(self, domain, supplier):
        iban = iban_key(supplier.iban)
        accounts = self.env["res.partner.bank"].search([("sanitized_acc_number", "=", iban)])
        return accounts.partner_id.filtered_domain(domain) if iban else accounts.partner_id[:0]

    def _by_name(self, domain, supplier):
        """Companies of the very name, in the same country as far as it is known."""
        found = self.env["res.partner"].search(
            [*domain, ("lucca_name_key", "=", name_key(supplier.name)), ("is_company", "=", True)]
        )
        code = supplier.territory.upper()
        return found.filtered(
            lambda partner: (partner.country_id.code or code) == (code or partner.country_id.code)
        )


def _contradict(partner, supplier):
    """Whether both have a VAT number, or a registration, and they differ."""
    here = partner.country_id.code or supplier.territory
    there = supplier.territory or here
    vats = vat_key(partner.vat or "", here), vat_key(supplier.vat_number, there)
    if all(vats):
        return vats[0] != vats[1]
    registries = (
        registry_keys(partner.company_registry or "", here),
        registry_keys(supplier.identifier, there),
    )
    return all(registries) and not set(registries[0]) & set(registries[1])
