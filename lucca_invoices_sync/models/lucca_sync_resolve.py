from odoo import api, models
from odoo.tools import split_every

from ..lucca.documents import Reference, read_purchase, read_supplier, read_tax_rates
from ..lucca.errors import (
    AccessDenied,
    DocumentError,
    NotFound,
    RequestRefused,
)
from .lucca_document import OWN_FAILURES, Blocked

BATCH = 50


class LuccaSyncResolve(models.AbstractModel):
    _name = "lucca.sync.resolve"
    _description = "Step 2: Find Suppliers, Taxes and Analytics"

    @api.model
    def _run(self, run, client):
        """Link the documents to the mappings of all references that they use."""
        connection = run.connection_id
        documents = self.env["lucca.document"].search(
            [*self.env["lucca.document"]._domain_to_do(connection), ("is_resolved", "=", False)]
        )
        for batch in split_every(BATCH, documents.ids, documents.browse):
            self._resolve_taxes(run, client, batch)
            self.env["lucca.sync"]._checkpoint()
            for document in batch.filtered(lambda d: d.state != "blocked"):
                self._resolve_one(run, client, document)
                self.env["lucca.sync"]._checkpoint()

    def _resolve_one(self, run, client, document):
        try:
            self._resolve_purchase(run.connection_id, client, document)
            self._resolve_supplier(run.connection_id, client, document)
            document.is_resolved = True
        except Blocked as block:
            document._block(block.reason, str(block))
            run._add(blocked=1)
        except OWN_FAILURES as error:
            document._fail(run.connection_id._explain(error))
            run._add(failed=1)

    # --- VAT rates ------------------------------------------------------------------------------

    def _resolve_taxes(self, run, client, documents):
        """Give each document the mappings of its VAT rates."""
        taxes = {}
        for document in documents:
            try:
                booked = document._booked_document()
                taxes[document] = {tax.rate_type_id: booked for tax in booked.base.taxes}
            except Blocked as block:
                document._block(block.reason, str(block))
                run._add(blocked=1)
        mappings = self._tax_mappings(run.connection_id, client, taxes.values())
        for document, used in taxes.items():
            document.mapping_ids = document.mapping_ids.filtered(lambda m: m.kind != "tax")
            document.mapping_ids |= self.env["lucca.mapping"].union(
                *(mappings[rate_type_id] for rate_type_id in used)
            )

    def _tax_mappings(self, connection, client, documents_by_rate):
        examples = {rate: booked for rates in documents_by_rate for rate, booked in rates.items()}
        mappings = self.env["lucca.mapping"]._retrieve(
            connection, "tax", [Reference(str(rate), "") for rate in examples]
        )
        unknown = [m for m in mappings.values() if not m.percentage_known]
        if unknown:
            day = examples[unknown[0].lucca_id].document_date
            self._learn_rates(connection, client, day, unknown)
        return mappings

    def _learn_rates(self, connection, client, day, mappings):
        """Ask Lucca for the rates; without the right to, a person maps them."""
        territory = connection.company_id.account_fiscal_country_id.code or "FR"
        try:
            rates = read_tax_rates(client.tax_rates(day, territory))
        except (AccessDenied, NotFound, RequestRefused, DocumentError):
            return
        known = {rate.rate_type_id: rate for rate in rates}
        for mapping in mappings:
            if mapping.lucca_id in known:
                mapping._set_rate(known[mapping.lucca_id])

    # --- purchase and supplier ------------------------------------------------------------------

    def _resolve_purchase(self, connection, client, document):
        """Link the document to what its purchase names; raise ``Blocked``."""
        booked = document._booked_document()
        if booked.purchase_id is None:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "Lucca names no purchase for this document, so its supplier is unknown."
                ),
            )
        twin = self._same_purchase(connection, booked.purchase_id)
        if twin:
            references = twin.mapping_ids.filtered(lambda mapping: mapping.kind != "tax")
            title, supplier_name = twin.purchase_name, twin.supplier_name
        else:
            purchase = self._read_purchase(client, booked.purchase_id)
            references = self._purchase_mappings(connection, purchase)
            title, supplier_name = purchase.title or booked.purchase_name, purchase.supplier_name
        document.write(
            {
                "purchase_lucca_id": booked.purchase_id,
                "purchase_name": title,
                "supplier_name": supplier_name,
                "mapping_ids": [(6, 0, (document._mapping("tax") | references).ids)],
            }
        )

    def _same_purchase(self, connection, purchase_id):
        return self.env["lucca.document"].search(
            [
                ("connection_id", "=", connection.id),
                ("purchase_lucca_id", "=", purchase_id),
                ("is_resolved", "=", True),
            ],
            limit=1,
        )

    def _read_purchase(self, client, purchase_id):
        try:
            return read_purchase(client.purchase(purchase_id))
        except (AccessDenied, NotFound) as error:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "The API key may not read purchase %s in Lucca, which names the supplier: give"
                    " it the right to read purchases, then retry.",
                    purchase_id,
                ),
            ) from error
        except DocumentError as error:
            raise self.env["lucca.document"]._blocked_by(error) from error

    def _purchase_mappings(self, connection, purchase):
        references = {
            "supplier": [purchase.supplier],
            "nature": [purchase.nature],
            "cost_center": [purchase.cost_center],
            "establishment": [purchase.establishment],
            "axis_section": purchase.axis_sections,
        }
        found = self.env["lucca.mapping"]
        for kind, named in references.items():
            rows = found._retrieve(connection, kind, [row for row in named if row])
            found = found.union(*rows.values())
        return found

    def _resolve_supplier(self, connection, client, document):
        """Map the supplier to a partner; raise ``Blocked``."""
        mapping = document._mapping("supplier")
        if not mapping:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "“%s” is only a draft supplier in Lucca: validate it there, then retry.",
                    document.supplier_name or "?",
                ),
            )
        if mapping.partner_id:
            return
        supplier = self._read_supplier(client, mapping)
        mapping.partner_id = self.env["res.partner"]._lucca_find_or_create(connection, supplier)

    def _read_supplier(self, client, mapping):
        try:
            return read_supplier(client.supplier(str(mapping.lucca_id)))
        except (AccessDenied, NotFound) as error:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "The API key may not read supplier “%s” in Lucca: give it the right to, or"
                    " choose the supplier in the mappings.",
                    mapping.name,
                ),
            ) from error
        except DocumentError as error:
            raise self.env["lucca.document"]._blocked_by(error) from error
