from odoo import api, models

from ...lucca.booking.ibans import read_iban
from ...lucca.booking.names import forms_differ
from ...lucca.booking.parties import (
    IBAN,
    NAME,
    REGISTRY,
    SIGNS,
    UNCHECKED,
    VAT,
    WEAK,
    Agreement,
    compare_names,
    foreign_signs_of,
    party_of,
    without_signs,
)
from ..messages import Messages, in_words, sentences
from ..savepoints import LOST, Savepoint, attempt
from ..troubles import Blocked
from . import identity
from .directory import EITHER, Directory, own_parties

_lt = Messages(__name__)


class LuccaSupplier(models.AbstractModel):
    _name = "lucca.supplier"
    _description = "Lucca's Suppliers among Odoo's Partners"

    @api.model
    def _map_all(self, turn, suppliers):
        """Map suppliers of one connection to partners; return ``{mapping: trouble}`` of the others.

        A mapped supplier is checked: it may have become another company in Lucca.

        Another process may map the same suppliers at the same time. Locks let one of them go first, in
        a transaction that begins after taking them: it creates the partners, and the other finds them.

        :param suppliers: ``{lucca.mapping: lucca.documents.reference_data.Supplier}``
        """
        suppliers = {
            mapping: supplier
            for mapping, supplier in suppliers.items()
            if not mapping.partner_id or identity.is_news(mapping, supplier)
        }
        if not suppliers:
            return {}
        new = [supplier for mapping, supplier in suppliers.items() if not mapping.partner_id]
        with turn.locked(lock_names_of(new)):
            return turn.durably(lambda: self._map_alone(suppliers), processed=0)

    def _map_alone(self, suppliers):
        mappings, troubles = self.env["lucca.mapping"].union(*suppliers).exists(), {}
        known = mappings.filtered("partner_id")  # a person may have mapped some just now
        own = own_parties(mappings.company_id) if known else []
        for mapping in known:
            identity.follow(mapping, suppliers[mapping], own)
            if mapping.is_doubtful:
                troubles[mapping] = Blocked("ambiguous_supplier", mapping.doubt)
            elif mapping.found_by != "person":
                signs = foreign_signs_of(suppliers[mapping], own)
                mapping.doubt = self._describe_doubt(mapping, suppliers[mapping], signs)
        new = {mapping: suppliers[mapping] for mapping in mappings - known}
        troubles |= self._map_new(new) if new else {}
        mappings._release_documents()
        if not self.env.context.get("lucca_makes_suppliers"):
            mappings.filtered("partner_id")._look_again()
        return troubles

    def _map_new(self, suppliers):
        """Map suppliers to existing or new partners; return ``{mapping: trouble}`` of the others.

        If mapping all at once fails, each is mapped alone, so that only the failing one waits.
        """
        mappings = self.env["lucca.mapping"].union(*suppliers)
        finder = self._looking_for(mappings, suppliers.values())
        found = {one: finder._find(one, supplier) for one, supplier in suppliers.items()}
        done = finder._try_together(finder._take_found, finder._find_certain(suppliers, found))
        done |= finder._try_together(finder._make_new, finder._find_unknown(suppliers, found))
        troubles = {}
        for mapping, supplier in suppliers.items():
            if mapping not in done:
                try:
                    finder._map(mapping, supplier)
                except LOST:
                    raise
                except Exception as trouble:  # noqa: BLE001  (an error of one supplier must not stop the others)
                    troubles[mapping] = trouble
        return troubles

    def _try_together(self, function, suppliers):
        """Call a function for many suppliers in a savepoint; return their mappings, or none if it failed.

        :param suppliers: the function's argument, a dictionary by mapping
        """
        mappings = self.env["lucca.mapping"].union(*suppliers)
        if not suppliers:
            return mappings
        with attempt(self.env) as attempted:
            function(suppliers)
        return mappings.browse() if attempted.error else mappings

    def _map(self, mapping, supplier):
        """Map one supplier.

        :raises Blocked: if a person has to choose; the mapping then has the candidates
        """
        self._store_supplier(mapping, supplier)
        if mapping.is_doubtful:
            raise Blocked("ambiguous_supplier", mapping.doubt)
        candidates, sign = self._find(mapping, supplier)
        rivals = self._rivals(supplier, candidates, sign)
        mapping.candidate_ids = candidates if len(candidates) > 1 or rivals else False
        if rivals:
            message = self._describe_rivals(mapping, supplier, sign, rivals)
            raise Blocked("ambiguous_supplier", message)
        if len(candidates) > 1:
            raise Blocked("ambiguous_supplier", self._describe_candidates(mapping, supplier, sign))
        with Savepoint(self.env.cr):
            if candidates:
                self._take_found({mapping: (supplier, candidates, sign)})
            else:
                self._check_may_be_created(mapping, supplier)
                self._make_new({mapping: supplier})

    def _store_supplier(self, mapping, supplier):
        """Store a supplier's data from Lucca, and a doubt if it has signs of our own company."""
        values = {
            "iban": read_iban(self._without_own(supplier).iban),
            "supplier_data": supplier.as_json(),
            "is_to_create": False,
        }
        if not mapping.is_doubtful:
            values["doubt"] = self._describe_own(self._own_signs(supplier), supplier)
        mapping.write(values)

    # --- existing partners ----------------------------------------------------------------------

    def _find_certain(self, suppliers, found):
        """Return ``{mapping: (supplier, partner, sign)}`` of the suppliers that exactly one partner fits.

        By a weak sign, a partner fits only one supplier of Lucca: the one with a number in common, else the
        one whose name agrees best. If several agree equally well, a person has to decide.

        :param found: ``{mapping: (partners, sign)}``, as ``_find`` returns them
        """
        certain = {
            mapping: (suppliers[mapping], partners, sign)
            for mapping, (partners, sign) in found.items()
            if len(partners) == 1 and not mapping.is_doubtful
        }
        taken = {partner for _supplier, partner, sign in certain.values() if sign not in WEAK}
        for supplier, partner, sign in certain.values():
            if sign in WEAK:
                self._directory().note_claim(partner, supplier)
        return {
            mapping: one
            for mapping, one in certain.items()
            if not ((one[2] in WEAK and one[1] in taken) or self._rivals(*one))
        }

    def _rivals(self, supplier, partners, sign):
        """Return the other suppliers of Lucca that fit the only partner that a weak sign finds as well."""
        if len(partners) != 1 or sign not in WEAK:
            return []
        return self._directory().rivals(partners, supplier)

    def _take_found(self, sure):
        """Map suppliers to the partners that fit them.

        :param sure: ``{mapping: (supplier, partner, sign)}``
        """
        directory, told = self._directory(), {}
        for mapping, (supplier, partner, sign) in sure.items():
            self._store_supplier(mapping, supplier)
            if mapping.candidate_ids:
                mapping.candidate_ids = False
            mapping._take_partner(partner, sign)
            mapping.doubt = self._describe_doubt(mapping, supplier, self._own_signs(supplier))
            directory.note_mapped(mapping)
            if mapping.iban and mapping.iban not in directory.ibans(partner):
                told[partner.id] = in_words(self.env, self._describe_new_account(mapping.iban))
        if told:
            self.env["res.partner"].browse(told)._message_log_batch(told)

    def _describe_new_account(self, iban):
        """Return the message on an IBAN that the partner does not have, for a person to check."""
        return _lt(
            "In Lucca this supplier has the IBAN %s, which is not among its bank accounts here: ask"
            " the supplier, by a number you know, before you add it.",
            iban,
        )

    def _describe_candidates(self, mapping, supplier, sign):
        return _lt(
            "“%(name)s” fits more than one supplier in Odoo by its %(sign)s: %(candidates)s. Press"
            " “Choose the Supplier”.",
            name=supplier.name,
            sign=self._name_of_sign(sign),
            candidates=mapping.candidate_ids.mapped("display_name"),
        )

    def _describe_rivals(self, mapping, supplier, sign, rivals):
        return _lt(
            "By its %(sign)s, “%(name)s” fits %(candidate)s, and so does another supplier of Lucca: %(rivals)s. Press"
            " “Choose the Supplier”. If it is another company, create it there.",
            name=supplier.name,
            sign=self._name_of_sign(sign),
            candidate=mapping.candidate_ids.display_name,
            rivals=[f"“{rival.name}”" for rival in rivals],
        )

    def _describe_doubt(self, mapping, supplier, own):
        """Return the message on what is doubtful about a mapped supplier; False if nothing is.

        :param own: the supplier's signs that are our own company's
        """
        partner = mapping.partner_id.commercial_partner_id
        doubts = [self._describe_own(own, supplier)]
        if told := _describe_unlike(supplier, partner, mapping.found_by):
            sign, name = self._name_of_sign(mapping.found_by), supplier.name
            doubts.append(told.filled(sign=sign, name=name, partner=partner.name))
        told = list(filter(None, doubts))
        return told[0] if len(told) == 1 else sentences(*told) if told else False

    # --- new partners ---------------------------------------------------------------------------

    def _find_unknown(self, suppliers, found):
        """Return the suppliers to create together: no partner fits, and none before shares a sign.

        Of two suppliers that may be one company, one is created, and then the other finds it: it is one with a VAT
        number if possible, since that number decides the taxes of its bills.

        :param found: ``{mapping: (partners, sign)}``, as ``_find`` returns them
        """
        seen, strangers = set(), {}
        mappings = self.env["lucca.mapping"].union(*suppliers)
        if not self._may_create(mappings):
            return strangers
        for mapping, supplier in sorted(suppliers.items(), key=lambda one: not one[1].vat_number):
            keys = self._party(supplier).keys
            is_own = NAME in self._own_signs(supplier)
            is_known = found[mapping][0] or mapping.is_doubtful or keys & seen
            if not (is_known or is_own):
                strangers[mapping] = supplier
            seen |= keys
        return strangers

    def _check_may_be_created(self, mapping, supplier):
        """Raise ``Blocked`` if no partner may be created for a supplier."""
        own = self._own_signs(supplier)
        if NAME in own:
            raise Blocked("unknown_supplier", self._describe_own(own, supplier))
        if not self._may_create(mapping):
            raise Blocked(
                "unknown_supplier",
                _lt(
                    "No supplier in Odoo has the VAT number, registration, IBAN or name of “%s”: press"
                    " “Choose the Supplier” or “Create from Lucca”.",
                    supplier.name,
                ),
            )

    def _may_create(self, mappings):
        """Return whether new partners may be created, by the connection's policy or a person's wish."""
        is_policy = mappings.connection_id.supplier_policy == "create"
        return is_policy or bool(self.env.context.get("lucca_person_creates"))

    def _make_new(self, suppliers):
        """Map suppliers to new partners; if the connection does not book yet, only mark them to create."""
        connection = self.env["lucca.mapping"].union(*suppliers).connection_id
        asked = ("lucca_makes_suppliers", "lucca_person_creates")
        if not suppliers or connection.is_booking or any(map(self.env.context.get, asked)):
            self._create_new(suppliers)
            return
        for mapping, supplier in suppliers.items():
            self._store_supplier(mapping, supplier)
            mapping.write({"candidate_ids": False, "is_to_create": True})

    def _create_new(self, suppliers):
        """Map suppliers to new partners."""
        by = "person_created" if self.env.context.get("lucca_person_creates") else "created"
        clean = [self._without_own(supplier) for supplier in suppliers.values()]
        creation = self.env["lucca.supplier.create"]
        made = creation._create_partners(clean)
        for mapping, partner in zip(suppliers, made, strict=True):
            self._store_supplier(mapping, suppliers[mapping])
            if mapping.candidate_ids:
                mapping.candidate_ids = False
            mapping._take_partner(partner, by)
        creation._ask_vies_later(self.env["lucca.mapping"].union(*suppliers))
        self.env.flush_all()
        self._directory().add(made)
        for mapping in suppliers:
            self._directory().note_mapped(mapping)

    # --- our own signs --------------------------------------------------------------------------

    def _own_signs(self, supplier):
        """Return those signs of a supplier in Lucca that are our own company's."""
        return foreign_signs_of(supplier, self._directory().own)

    def _without_own(self, supplier):
        """Return the supplier without the VAT number, registration and IBAN of our own company."""
        return without_signs(supplier, self._own_signs(supplier))

    def _describe_own(self, own, supplier):
        """Return the message on our own signs on a supplier; False if it has none."""
        if not own:
            return False
        return _lt(
            "In Lucca the supplier “%(name)s” has data of our own company: %(signs)s. It was not"
            " used. Correct the supplier in Lucca, or choose the right one under Suppliers.",
            name=supplier.name,
            signs=[self._name_of_sign(sign) for sign in SIGNS if sign in own],
        )

    def _name_of_sign(self, sign):
        words = {
            VAT: _lt("VAT number"),
            REGISTRY: _lt("registration"),
            IBAN: _lt("IBAN"),
            NAME: _lt("name"),
            UNCHECKED: _lt("number without check digits"),
            EITHER: _lt("number, IBAN or name"),
        }
        return words.get(sign, sign)

    # --- finding --------------------------------------------------------------------------------

    @api.model
    def _find(self, mapping, supplier):
        """Return ``(partners, sign)``: the partners that fit a supplier, and the sign (``found_by``).

        The surest sign decides, in the order VAT number, registration, IBAN, name: see
        ``lucca.booking.parties`` and ``Directory``. Archived partners and those of other companies are left out. Other
        addons may extend this.
        """
        return self._directory().find(self._party(supplier), mapping.lucca_id)

    def _looking_for(self, mappings, suppliers):
        """Return this model with a ``Directory`` of these suppliers in its context.

        :param mappings: the suppliers' mappings, of one connection and company
        :param suppliers: the ``Supplier``s
        """
        parties = [party_of(supplier) for supplier in suppliers]
        return self.with_context(lucca_directory=Directory(self.env, mappings, parties))

    def _party(self, supplier):
        """Return the ``Party`` of a supplier, without signs of our own company."""
        return party_of(supplier).without(self._directory().own)

    def _directory(self):
        """Return the ``Directory`` of the suppliers that are mapped together."""
        return self.env.context["lucca_directory"]


def is_unlike(supplier, partner, sign):
    """Return whether a weak sign finds a partner whose name, or legal form, is another one than the supplier's."""
    ours, theirs = party_of(supplier), partner._lucca_party()
    if sign == NAME:
        return forms_differ(ours.forms, theirs.forms)
    return sign in WEAK and compare_names(ours, theirs) is Agreement.UNLIKE


def _describe_unlike(supplier, partner, sign):
    """Return a message to fill about a partner of another name that a sign finds; None if nothing is doubtful."""
    if _is_unlike_sister(supplier, partner, sign):
        return _lt(
            "The supplier was found by its %(sign)s, but its name is “%(name)s” in Lucca, and “%(partner)s” in"
            " Odoo is one of your own companies: a machine may have read the buyer's number. Select it under"
            " Suppliers, press “Choose”, and choose the right one, even if it is the same."
        )
    if is_unlike(supplier, partner, sign):
        return _lt(
            "The supplier was found by its %(sign)s, but its name is “%(name)s” in Lucca and “%(partner)s” in"
            " Odoo. Companies may share a number, an account or a name. Select the supplier under Suppliers, press"
            " “Choose”, and choose the right one, even if it is the same."
        )
    return None


def _is_unlike_sister(supplier, partner, sign):
    """Return whether a sign finds another company of this database, whose name is another one than the supplier's."""
    has_other_name = compare_names(party_of(supplier), partner._lucca_party()) is Agreement.UNLIKE
    # Few have another name, so the companies are read last. The current user may not see each of them.
    return sign in (*SIGNS, UNCHECKED) and has_other_name and bool(partner.sudo().ref_company_ids)


def lock_names_of(suppliers):
    """Return the names to lock while partners are created for suppliers: their signs.

    IBANs are left out, since many suppliers may be paid on the account of one factoring company.
    """
    keys = frozenset().union(*(party_of(supplier).keys for supplier in suppliers))
    return {f"{sign} {key}" for sign, key in keys if sign != IBAN}
