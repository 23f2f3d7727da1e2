from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...lucca.booking.suppliers import (
    REGISTRY_TRACE,
    VAT_TRACE,
    iban_key,
    name_key,
    registry_keys,
    siren_vat,
    traces,
    vat_key,
)
from ..troubles import Blocked


class LuccaSupplier(models.AbstractModel):
    _name = "lucca.supplier"
    _description = "Lucca's Suppliers among Odoo's Partners"

    @api.model
    def _map_all(self, turn, suppliers):
        """Give mappings of one connection their partners; return ``{mapping: trouble}`` of the rest.

        Another process may meet the same suppliers right now: one of them makes the partners, the
        other finds them, since both look for them alone and in a transaction that begins then.

        :param suppliers: ``{lucca.mapping: lucca.documents.reference_data.Supplier}``
        """
        with turn.locked({name_key(supplier.name) for supplier in suppliers.values()}):
            return turn.durably(lambda: self._map_alone(suppliers), processed=0)

    def _map_alone(self, suppliers):
        mappings = self.env["lucca.mapping"].union(*suppliers).exists()
        # A person may have chosen some while this waited.
        suppliers = {one: suppliers[one] for one in mappings if not one.partner_id}
        strangers = self._strangers(suppliers)
        known = self.with_context(lucca_strangers=[mapping.id for mapping in strangers])
        made, troubles = known._create_together(strangers), {}
        for mapping, supplier in suppliers.items():
            if mapping not in made:
                try:
                    known._map(mapping, supplier)
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    raise
                except Exception as trouble:  # noqa: BLE001  (one supplier's own)
                    troubles[mapping] = trouble
        mappings._release_documents()
        return troubles

    def _map(self, mapping, supplier):
        """Map one supplier.

        :raises Blocked: rather than guess; the candidates are on the mapping
        """
        mapping.iban = iban_key(supplier.iban)
        mapping.candidate_ids, sign = self._find(mapping, supplier)
        with self.env.cr.savepoint():
            mapping._take_partner(self._choose_or_create(mapping, supplier), sign or "created")

    def _create_together(self, strangers):
        """Map suppliers to new partners, made at once.

        :return: the mappings; none where that fails: then each is made alone
        """
        mappings = self.env["lucca.mapping"].union(*strangers)
        if mappings.connection_id.supplier_policy != "create":
            return mappings.browse()
        try:
            with self.env.cr.savepoint():
                new = mappings.filtered(lambda one: not self._find(one, strangers[one])[0])
                new.filtered("candidate_ids").candidate_ids = False
                suppliers = [strangers[mapping] for mapping in new]
                made = self.env["lucca.supplier.create"]._create_partners(suppliers)
                for mapping, supplier, partner in zip(new, suppliers, made, strict=True):
                    mapping.iban = iban_key(supplier.iban)
                    mapping._take_partner(partner, "created")
                self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:  # noqa: BLE001  (whatever an addon raises is one supplier's)
            return mappings.browse()
        return new

    def _strangers(self, suppliers):
        """Those that no partner can be by our signs: one query for all spares ten for each.

        Of two that may be one company, the first is a stranger, and is found by the second.
        """
        wanted = {mapping: traces(supplier) for mapping, supplier in suppliers.items()}
        seen = self._seen(set().union(*wanted.values()))
        strangers = {}
        for mapping, signs in wanted.items():
            if not signs & seen:
                strangers[mapping] = suppliers[mapping]
            seen |= signs
        return strangers

    def _seen(self, signs):
        """The ``traces`` that partners have, among some."""
        self.env["res.partner"].flush_model(["vat", "company_registry", "lucca_name_key"])
        self.env["res.partner.bank"].flush_model(["sanitized_acc_number"])
        letters = "regexp_replace(upper(%s), '[^[:alnum:]]', '', 'g')"
        number = f"ltrim(regexp_replace({letters}, '^[A-Z][A-Z]', ''), '0')"
        vat = SQL(f"right({number}, %s)", SQL("vat"), VAT_TRACE)
        registry = SQL(f"left({letters}, %s)", SQL("company_registry"), REGISTRY_TRACE)
        places = {
            "vat": (vat, SQL("res_partner")),
            "registry": (registry, SQL("res_partner")),
            "iban": (SQL("sanitized_acc_number"), SQL("res_partner_bank")),
            "name": (SQL("lucca_name_key"), SQL("res_partner")),
        }
        queries = [
            SQL(
                "SELECT %s, %s FROM %s WHERE %s = ANY(%s)",
                sign,
                key,
                table,
                key,
                [key for kind, key in signs if kind == sign],
            )
            for sign, (key, table) in places.items()
        ]
        return set(self.env.execute_query(SQL(" UNION ").join(queries)))

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
        return self.env["lucca.supplier.create"]._create_partners([supplier])

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
        if mapping.id in self.env.context.get("lucca_strangers", ()):
            return self.env["res.partner"], False
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
