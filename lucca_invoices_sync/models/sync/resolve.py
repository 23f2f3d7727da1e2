from contextlib import contextmanager

from odoo import api, models
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from ...lucca.api.errors import AccessDenied, DocumentError, NotFound, RemoteError, RequestRefused
from ...lucca.references import References
from ..troubles import Blocked, contained
from .findings import Finding
from .sync import BATCH

#: Answers of Lucca that are committed together.
ANSWERS = 20
#: Errors that mean "a person maps this by hand", since the key may not read it.
UNREADABLE = (AccessDenied, NotFound)


class LuccaSyncResolve(models.AbstractModel):
    _name = "lucca.sync.resolve"
    _description = "Step 2: Find Suppliers, Taxes and Analytics"

    @api.model
    def _run(self, run, client):
        """Link the documents to the mappings of all references that they use."""
        documents = self.env["lucca.document"]
        to_do = [*documents._domain_to_do(run.connection_id), ("is_resolved", "=", False)]
        documents = documents.search(to_do)
        references = References(client, self.env["lucca.cache"]._store(run.connection_id))
        self._read_lists(run.connection_id, references, documents)
        for batch in split_every(BATCH, documents.ids, documents.browse):
            self._resolve(run, references, batch)
            self.env["lucca.sync"]._checkpoint(len(batch))
        run.connection_id.reads_singly = False
        self.env["lucca.cache"]._clear(run.connection_id)

    def _resolve(self, run, references, documents):
        """Ask Lucca first, then store: no row is locked while it answers."""
        findings, asking = [], _Asking(self.env["lucca.sync"], run, references)
        for document in documents._still_to_do():
            with asking.about(document):
                booked = document._booked_document()
                purchase = self._read_purchase(document, references, booked)
                findings.append(Finding(document, booked, purchase))
        known, complete = self._known(run.connection_id, findings), []
        only = self._only_company()
        try:
            for finding in findings:
                with asking.about(finding.document):
                    finding.company = self._company(finding, known) or only
                    self._complete(references, finding, known)
                    complete.append(finding)
        except RemoteError:  # it has to wait: what is complete is done
            self._store(run, complete)
            raise
        self._store(run, complete)

    def _known(self, connection, findings):
        """``{(company, kind, Lucca's id): mapping}`` of all that the findings refer to."""
        ids = {reference.lucca_id for finding in findings for reference in finding.all_references}
        return self.env["lucca.mapping"]._by_reference(connection, ids)

    # --- reading --------------------------------------------------------------------------------

    def _read_lists(self, connection, references, documents):
        """Read purchases and suppliers by pages where that costs fewer requests.

        What pages gave is in memory only: an interrupted reading is not tried again.
        """
        if connection.reads_singly:
            return
        connection.reads_singly = True
        self.env["lucca.sync"]._checkpoint()
        mappings, sync = self.env["lucca.mapping"], self.env["lucca.sync"]
        purchases = set(documents.mapped("purchase_lucca_id")) - {0}
        others = self.env["lucca.document"]._count_purchases(connection) - len(purchases)
        for _page in references.bulk_purchases(purchases, known=others):
            sync._checkpoint()
        suppliers = [("connection_id", "=", connection.id), ("kind", "=", "supplier")]
        known = mappings.search([*suppliers, ("partner_id", "!=", False)]).mapped("lucca_id")
        wanted = references.suppliers_of(purchases).difference(known)
        for _page in references.bulk_suppliers(wanted, known=len(known)):
            sync._checkpoint()
        connection.reads_singly = False

    def _read_purchase(self, document, references, booked):
        if booked.purchase_id is None:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "Lucca names no purchase for this document, so its supplier is unknown."
                ),
            )
        try:
            purchase = references.purchase(booked.purchase_id)
        except UNREADABLE as error:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "The API key may not read purchase %s in Lucca, which names the supplier: give"
                    " it the right to read purchases, then retry.",
                    booked.purchase_id,
                ),
            ) from error
        if not purchase.supplier:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "“%s” is only a draft supplier in Lucca: validate it there, then retry.",
                    purchase.supplier_name or "?",
                ),
                supplier_name=purchase.supplier_name,  # all that is known of it
            )
        return purchase

    def _complete(self, references, finding, known):
        """Find out supplier and VAT rates."""
        if finding.company:
            finding.supplier = self._read_supplier(references, finding, known)
            finding.rates = self._read_rates(references, finding, known)

    def _company(self, finding, known):
        """The company whose bill it becomes; empty where nobody said so."""
        connection, establishment = finding.document.connection_id, finding.purchase.establishment
        if not establishment:
            return connection.company_id
        # Establishments decide the company, so their mappings are the connection's.
        key = (connection.company_id, "establishment", establishment.lucca_id)
        return known[key]._target()[0] if key in known else self.env["res.company"]

    def _only_company(self):
        """The company, where there is but one."""
        # The companies that the responsible does not see count, too.
        companies = self.env["res.company"].sudo().search([], limit=2)
        return self.env["res.company"].browse(companies.ids if len(companies) == 1 else ())

    def _read_supplier(self, references, finding, known):
        """Lucca's supplier, None where its partner is known; raise ``Blocked``."""
        connection, reference = finding.document.connection_id, finding.purchase.supplier
        mappings = self.env["lucca.mapping"]
        mapping = known.get((finding.company, "supplier", reference.lucca_id), mappings)
        if mapping.partner_id:
            return None
        try:
            return references.supplier(reference.lucca_id)
        except UNREADABLE as error:
            # Its row is made all the same, so that a person can choose the partner there.
            mapping = mappings._retrieve(connection, finding.company, "supplier", reference)
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "The API key may not read supplier “%s” in Lucca: give it the right to, or"
                    " choose the supplier in the mappings.",
                    finding.purchase.supplier_name,
                ),
                mapping_ids=[Command.set(mapping.ids)],
                supplier_name=finding.purchase.supplier_name,
            ) from error

    def _read_rates(self, references, finding, known):
        """Lucca's VAT rates by id: the company's country's, then the supplier's territory's."""
        connection, day = finding.document.connection_id, finding.booked.document_date
        used = {
            tax.lucca_id: known.get((finding.company, "tax", tax.lucca_id))
            for tax in finding.references["tax"]
        }
        unknown = {
            lucca_id
            for lucca_id, mapping in used.items()
            if not (mapping and mapping._knows_rate_on(day))
        }
        rates = {}
        places = [connection._territory(finding.company), finding.purchase.territory]
        for place in dict.fromkeys(filter(None, places)):
            if unknown - rates.keys():
                rates |= self._rates_of(references, day, place)
        return rates

    def _rates_of(self, references, day, territory):
        try:
            return references.tax_rates(day, territory)
        except (*UNREADABLE, RequestRefused, DocumentError):
            return {}  # a person maps the rate by hand

    # --- storing --------------------------------------------------------------------------------

    def _store(self, run, findings):
        """Store all at once; where that fails, each alone, so that only the culprit fails."""
        self.env["lucca.sync"]._checkpoint()
        to_do = self.env["lucca.document"].union(*(one.document for one in findings))._still_to_do()
        findings = [finding for finding in findings if finding.document in to_do]
        try:
            with self.env.cr.savepoint():
                self._store_references(findings)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:  # noqa: BLE001  (whatever an addon raises is one document's)
            findings = [finding for finding in findings if self._is_stored_alone(run, finding)]
        self._map_suppliers(run, [one for one in findings if self._has_company(run, one)])

    def _is_stored_alone(self, run, finding):
        with contained(finding.document, run), self.env.cr.savepoint():
            self._store_references([finding])
            return True
        return False  # its trouble is on the document

    def _store_references(self, findings):
        """Link the documents to their mappings, made where they are new."""
        if not findings:
            return
        connection = findings[0].document.connection_id
        known = self._known(connection, findings)
        wanted = {key: one for finding in findings for key, one in finding.keys(connection)}
        missing = {key: one for key, one in wanted.items() if key not in known}
        known |= self.env["lucca.mapping"]._create_for(connection, missing)
        mappings = self.env["lucca.mapping"]
        links = {}
        for finding in findings:
            found = mappings.union(*(known[key] for key, _one in finding.keys(connection)))
            self._set_rates(finding, found)
            finding.document.write(self._prepare_document(connection, finding))
            links[finding.document] = found
        self.env["lucca.document"]._link_mappings(links)

    def _set_rates(self, finding, mappings):
        day = finding.booked.document_date
        for mapping in mappings:
            if mapping.kind == "tax" and mapping.lucca_id in finding.rates:
                mapping._set_rate(finding.rates[mapping.lucca_id], day)

    def _prepare_document(self, connection, finding):
        purchase = finding.purchase
        return {
            "company_id": (finding.company or connection.company_id).id,
            "purchase_name": purchase.title or finding.booked.purchase_name,
            "supplier_name": purchase.supplier_name,
        }

    def _has_company(self, run, finding):
        if finding.company:
            return True
        with contained(finding.document, run):
            raise Blocked(
                "unmapped_establishment",
                self.env._(
                    "Choose the company of the establishment “%s” in the mappings.",
                    finding.document._mapping("establishment").display_name,
                ),
            )
        return False

    def _map_suppliers(self, run, findings):
        """Map suppliers that are new; without a partner their rows stay, for a person to map."""
        mappings = {finding.document: finding.document._mapping("supplier") for finding in findings}
        new = {
            mappings[finding.document]: finding.supplier
            for finding in findings
            if finding.supplier and not mappings[finding.document].partner_id
        }
        troubles = {}
        for company, members in self.env["lucca.mapping"].union(*new).grouped("company_id").items():
            suppliers = self.env["lucca.supplier"].with_company(company)
            troubles |= suppliers._map_all({mapping: new[mapping] for mapping in members})
        for document, mapping in mappings.items():
            with contained(document, run):
                if mapping in troubles:
                    raise troubles[mapping]
                document.is_resolved = True


class _Asking:
    """Questions to Lucca: what was answered is committed now and then, a document's trouble at once.

    Else its row would be locked while Lucca answers for the next one.
    """

    def __init__(self, sync, run, references):
        self._sync, self._run, self._references = sync, run, references
        self._committed = references.requests

    @contextmanager
    def about(self, document):
        """As ``contained``."""
        before = document.state, document.attempts
        with contained(document, self._run):
            yield
        answers = self._references.requests - self._committed
        if answers >= ANSWERS or before != (document.state, document.attempts):
            self._sync._checkpoint()
            self._committed = self._references.requests
