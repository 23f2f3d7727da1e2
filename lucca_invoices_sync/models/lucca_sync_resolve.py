from odoo import api, models

from ..lucca.errors import AccessDenied, DocumentError, NotFound, RequestRefused
from ..lucca.reference_data import Reference
from ..lucca.references import References
from ..lucca.suppliers import iban_key
from ..troubles import Blocked, contained

#: Errors that mean "a person maps this by hand", since the key may not read it.
UNREADABLE = (AccessDenied, NotFound)


class LuccaSyncResolve(models.AbstractModel):
    _name = "lucca.sync.resolve"
    _description = "Step 2: Find Suppliers, Taxes and Analytics"

    @api.model
    def _run(self, run, client):
        """Link the documents to the mappings of all references that they use."""
        documents = self.env["lucca.document"]
        references = References(client)
        to_do = [*documents._domain_to_do(run.connection_id), ("is_resolved", "=", False)]
        for document in documents.search(to_do)._one_by_one():
            with contained(document, run):
                self._resolve(run.connection_id, references, document)
            self.env["lucca.sync"]._checkpoint(1)

    def _resolve(self, connection, references, document):
        """Ask Lucca first, then store: no row is locked, no snapshot held while it answers."""
        booked = document._booked_document()
        purchase = self._read_purchase(references, booked)
        company = self._company(connection, purchase)
        if not purchase.supplier:  # a draft supplier: all that is known of it is its name
            document.supplier_name = purchase.supplier_name
        supplier = self._read_supplier(connection, references, purchase, company)
        rates = self._read_rates(connection, references, booked, purchase.territory, company)
        self.env["lucca.sync"]._checkpoint()
        if document._still_to_do():
            with self.env.cr.savepoint():
                self._store(connection, document, booked, purchase, rates, company)
            self._check_company(document, company)
            self._map_supplier(document, supplier)

    def _company(self, connection, purchase):
        """The company whose bill it becomes; empty where a person has to say."""
        if not purchase.establishment:
            return connection.company_id
        mapping = self._mappings(connection, "establishment", [purchase.establishment])
        company, _journal = mapping._target()
        # The companies that the responsible does not see count, too.
        is_only_one = self.env["res.company"].sudo().search_count([], limit=2) == 1
        return company or (connection.company_id if is_only_one else company)

    def _mappings(self, connection, kind, references, company=None):
        """Known mappings; establishments decide the company, so theirs are the connection's."""
        mappings = self.env["lucca.mapping"]
        return mappings._find(connection, kind, references, company or connection.company_id)

    def _check_company(self, document, company):
        if not company:
            raise Blocked(
                "unmapped_establishment",
                self.env._(
                    "Choose the company of the establishment “%s” in the mappings.",
                    document._mapping("establishment").display_name,
                ),
            )

    # --- reading --------------------------------------------------------------------------------

    def _read_purchase(self, references, booked):
        if booked.purchase_id is None:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "Lucca names no purchase for this document, so its supplier is unknown."
                ),
            )
        try:
            return references.purchase(booked.purchase_id)
        except UNREADABLE as error:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "The API key may not read purchase %s in Lucca, which names the supplier: give"
                    " it the right to read purchases, then retry.",
                    booked.purchase_id,
                ),
            ) from error

    def _read_supplier(self, connection, references, purchase, company):
        """Lucca's supplier, None where its partner is known; raise ``Blocked``."""
        if not purchase.supplier:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "“%s” is only a draft supplier in Lucca: validate it there, then retry.",
                    purchase.supplier_name or "?",
                ),
            )
        known = self._mappings(connection, "supplier", [purchase.supplier], company)
        if known.partner_id or not company:
            return None
        try:
            return references.supplier(purchase.supplier.lucca_id)
        except UNREADABLE as error:
            # Its row is made all the same, so that a person can choose the partner there.
            self.env["lucca.mapping"]._retrieve(
                connection, "supplier", [purchase.supplier], company
            )
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "The API key may not read supplier “%s” in Lucca: give it the right to, or"
                    " choose the supplier in the mappings.",
                    purchase.supplier_name,
                ),
            ) from error

    def _read_rates(self, connection, references, booked, territory, company):
        """Lucca's VAT rates by id: the company's country's, then the supplier's territory's."""
        used = _tax_references(booked)
        known = self._mappings(connection, "tax", used, company).filtered(
            lambda mapping: mapping._knows_rate_on(booked.document_date)
        )
        unknown = {tax.lucca_id for tax in used}.difference(known.mapped("lucca_id"))
        rates = {}
        for place in dict.fromkeys(filter(None, [connection._territory(company), territory])):
            if unknown - rates.keys():
                rates |= self._rates_of(references, booked.document_date, place)
        return rates

    def _rates_of(self, references, day, territory):
        try:
            return references.tax_rates(day, territory)
        except (*UNREADABLE, RequestRefused, DocumentError):
            return {}  # a person maps the rate by hand

    # --- storing --------------------------------------------------------------------------------

    def _store(self, connection, document, booked, purchase, rates, company):
        mappings = self.env["lucca.mapping"]
        if company:
            mappings |= self._tax_mappings(connection, booked, rates, company)
            mappings |= self._purchase_mappings(connection, purchase, company)
        if purchase.establishment:
            mappings |= mappings._retrieve(
                connection, "establishment", [purchase.establishment], connection.company_id
            )
        document.write(
            {
                "company_id": (company or connection.company_id).id,
                "purchase_lucca_id": purchase.lucca_id,
                "purchase_name": purchase.title or booked.purchase_name,
                "supplier_name": purchase.supplier_name,
                "mapping_ids": [(6, 0, mappings.ids)],
            }
        )

    def _map_supplier(self, document, supplier):
        """Map a supplier that is new; without a partner its row stays, for a person to map."""
        if supplier:
            mapping = document._mapping("supplier")
            mapping.iban = iban_key(supplier.iban)
            suppliers = self.env["lucca.supplier"].with_company(document.company_id)
            mapping.candidate_ids = suppliers._find(mapping, supplier)
            with self.env.cr.savepoint():
                mapping.partner_id = suppliers._choose_or_create(mapping, supplier)
        document.is_resolved = True

    def _tax_mappings(self, connection, booked, rates, company):
        mappings = self.env["lucca.mapping"]._retrieve(
            connection, "tax", _tax_references(booked), company
        )
        for mapping in mappings:
            if mapping.lucca_id in rates:
                mapping._set_rate(rates[mapping.lucca_id], booked.document_date)
        return mappings

    def _purchase_mappings(self, connection, purchase, company):
        references = {
            "supplier": [purchase.supplier],
            "nature": [purchase.nature],
            "cost_center": [purchase.cost_center],
            "axis_section": purchase.axis_sections,
        }
        found = self.env["lucca.mapping"]
        for kind, named in references.items():
            found |= found._retrieve(connection, kind, [row for row in named if row], company)
        return found


def _tax_references(booked):
    ids = dict.fromkeys(tax.rate_type_id for tax in booked.base.taxes)
    return [Reference(rate_type_id, "") for rate_type_id in ids]
