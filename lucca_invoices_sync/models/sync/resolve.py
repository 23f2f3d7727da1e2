from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from ...lucca.api.paging import PAGE_SIZE
from ...lucca.references import ListReading, References
from ..messages import Messages
from ..savepoints import Savepoint
from ..troubles import OWN_FAILURES, Blocked, contained
from .book import BATCH
from .findings import Asked, Finding, count_purchases, link_mappings
from .inquiry import read_for_company, read_purchase
from .places import Places

_lt = Messages(__name__)

#: How many documents are resolved together if their purchases are asked for one by one.
SMALL_BATCH = 20
#: How often a page of purchases or suppliers may fail before they are asked for one by one.
MOST_FAILURES = 3


class LuccaSyncResolve(models.AbstractModel):
    _name = "lucca.sync.resolve"
    _description = "Step 2: Find Suppliers, Taxes and Analytics"

    @api.model
    def _work(self, turn):
        """Link the documents to the mappings of all references that they use."""
        if turn.state.is_looking and turn.connection.is_booking:
            turn.durably(lambda: self._end_look(turn), processed=0)
        documents = self.env["lucca.document"]
        to_do = self._domain_unresolved(turn.connection)
        found = documents.search_fetch(to_do, ["purchase_lucca_id"])
        if not found:
            return
        cache = self.env["lucca.cache"]._store(turn)
        references, places = References(turn.client, cache), Places(turn.connection)
        purchases = {document.id: document.purchase_lucca_id for document in found}
        yield from self._read_lists(turn, references, cache, set(purchases.values()) - {0})
        for ids in self._batches(references, purchases):
            cache.read_ahead([("purchase", purchases[document_id]) for document_id in ids])
            asked = Asked(turn, places)
            yield from self._resolve(turn, references, asked, documents.browse(ids))
        turn.durably(lambda: self._forget_answers(turn))

    def _end_look(self, turn):
        """End the first look, since booking has started."""
        self.env["lucca.document"]._end_look(turn.connection)
        turn.state.is_looking = False

    @api.model
    def _describe_progress(self, connection):
        """Return ``(what this step does, how many documents it has left)``."""
        return self.env._("Finding suppliers and taxes"), self.env["lucca.document"].search_count(
            self._domain_unresolved(connection)
        )

    def _domain_unresolved(self, connection):
        to_do = self.env["lucca.document"]._domain_to_do(connection)
        return [*to_do, ("is_resolved", "=", False)]

    def _forget_answers(self, turn):
        """Forget Lucca's answers once all documents are resolved, so that later ones get new answers."""
        self.env["lucca.cache"]._clear(turn.connection)
        turn.state._change(purchases=False, suppliers=False)

    def _batches(self, references, purchases):
        """Give batches of documents' ids, small ones if their purchases are asked for one by one.

        :param purchases: ``{id of a document: Lucca's id of its purchase}``
        """
        rest = list(purchases)
        while rest:
            size = BATCH
            if not references.has_purchases(purchases[document] for document in rest[:BATCH]):
                size = SMALL_BATCH
            yield rest[:size]
            rest = rest[size:]

    # --- reading lists --------------------------------------------------------------------------

    def _read_lists(self, turn, references, cache, purchases):
        """Read purchases and suppliers by pages if that costs fewer requests."""
        others = count_purchases(turn.connection) - len(purchases)
        yield from self._read_list(turn, "purchases", references.bulk_purchases, purchases, others)
        wanted = set()
        for some in split_every(BATCH, purchases):
            cache.read_ahead([("purchase", purchase) for purchase in some])
            wanted |= references.suppliers_of(some)
        others = len(self._known_suppliers(turn.connection) - wanted)
        yield from self._read_list(turn, "suppliers", references.bulk_suppliers, wanted, others)

    def _read_list(self, turn, name, read, wanted, known):
        """Continue to read a list into the cache, from the place that the state has.

        If a page fails, the wanted ones are asked for one by one: at once if they are few, else only
        after ``MOST_FAILURES`` tries. ``read`` is the method of ``References`` that reads the list.

        :param wanted: Lucca's ids that are needed
        :param known: how many others the list is known to contain
        """
        state = turn.state
        begun = reading = ListReading.from_json(state[name] or ListReading().as_json())
        try:
            for reading in read(wanted, known, begun):
                turn.durably(lambda reading=reading: state.write({name: reading.as_json()}))
                yield
        except OWN_FAILURES:
            failures = (state[name] or {}).get("failures", 0) + 1
            if len(wanted) > PAGE_SIZE and failures < MOST_FAILURES:
                failed = {**reading.as_json(), "failures": failures}
                turn.durably(lambda: state.write({name: failed}))
                raise
            over = ListReading(None, reading.pages, len(wanted))
            turn.durably(lambda: state.write({name: over.as_json()}))

    def _known_suppliers(self, connection):
        """Return Lucca's ids of the suppliers whose partner is known."""
        mapped = [
            ("connection_id", "=", connection.id),
            ("kind", "=", "supplier"),
            ("partner_id", "!=", False),
        ]
        return set(self.env["lucca.mapping"].search(mapped).mapped("lucca_id"))

    # --- asking ---------------------------------------------------------------------------------

    def _resolve(self, turn, references, asked, documents):
        """Ask Lucca about documents, then store the answers: no row is locked during a request.

        If the slice ends, or Lucca cannot be asked now, the complete findings are stored.
        """
        self._ask(turn, references, asked, documents)
        if asked.findings or asked.troubles:
            self._store(turn, asked)
        if asked.interruption:
            raise asked.interruption
        yield

    def _ask(self, turn, references, asked, documents):
        """Add findings and troubles of documents to ``asked``; each answer is cached at once."""
        begun = []
        for document in documents._still_to_do():
            with asked.about(document):
                booked = document._booked_document()
                purchase = read_purchase(references, document, booked)
                begun.append(Finding(document, booked, purchase))
            if not asked.goes_on:
                return
        known = self._find_mappings(turn.connection, begun)
        for finding in begun:
            with asked.about(finding.document):
                finding.company = asked.places.company_of(finding, known)
                read_for_company(references, finding, known)
                asked.findings.append(finding)
            if not asked.goes_on:
                break

    def _find_mappings(self, connection, findings):
        """Return ``{(company, kind, Lucca's id): mapping}`` of all references of the findings."""
        ids = {reference.lucca_id for finding in findings for reference in finding.all_references}
        return self.env["lucca.mapping"]._by_reference(connection, ids)

    # --- storing --------------------------------------------------------------------------------

    def _store(self, turn, asked):
        """Store findings and troubles, then map the suppliers."""
        stored = turn.durably(lambda: self._store_asked(turn, asked), processed=len(asked.findings))
        mappings = {one.document: one.document._mapping("supplier") for one in stored}
        troubles = self._map_suppliers(turn, stored, mappings)
        troubles.update({mappings[one.document]: one.trouble for one in stored if one.trouble})
        turn.durably(lambda: self._settle(turn, mappings, troubles), processed=0)

    def _store_asked(self, turn, asked):
        """Store findings and troubles; return the findings whose suppliers may be mapped.

        If storing all findings fails, each is stored alone, so that only the failing one is stopped.
        """
        documents = self.env["lucca.document"]
        to_do = documents.union(*asked.troubles, *(one.document for one in asked.findings))
        to_do = to_do._still_to_do()
        for document, trouble in asked.troubles.items():
            if document in to_do:
                with contained(document, turn):
                    raise trouble
        findings = [finding for finding in asked.findings if finding.document in to_do]
        # The references of these purchases may have changed since older bills of them were created.
        read = [one.purchase for one in findings if one.purchase.lucca_id]
        if self.env["lucca.sync.purchases"]._compare(turn, read):
            turn.is_cut_short = True  # a change has drafts to rewrite in another round
        findings = self._with_their_company(turn, asked.places, findings)
        try:
            with Savepoint(self.env.cr):
                self._store_references(findings)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:  # noqa: BLE001  (an addon may raise anything for one of the documents)
            findings = [finding for finding in findings if self._is_stored_alone(turn, finding)]
        return [one for one in findings if self._has_company(turn, asked.places, one)]

    def _with_their_company(self, turn, places, findings):
        """Return the findings whose company did not change during the requests.

        The others are asked about again in another round.
        """
        known = self._find_mappings(turn.connection, findings)
        kept = [one for one in findings if one.company == places.company_of(one, known)]
        if len(kept) < len(findings):
            turn.is_cut_short = True
        return kept

    def _is_stored_alone(self, turn, finding):
        with contained(finding.document, turn), Savepoint(self.env.cr):
            self._store_references([finding])
            return True
        return False  # the document is blocked or failed now

    def _store_references(self, findings):
        """Link the documents to their mappings, and create the missing ones."""
        if not findings:
            return
        connection = findings[0].document.connection_id
        known = self._find_mappings(connection, findings)
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
        link_mappings(self.env, links)

    def _set_rates(self, finding, mappings):
        day = finding.booked.tax_day
        for mapping in mappings:
            if mapping.kind == "tax" and mapping.lucca_id in finding.rates:
                mapping._set_rate(finding.rates[mapping.lucca_id], day)

    def _prepare_document(self, connection, finding):
        purchase = finding.purchase
        return {
            "company_id": (finding.company or connection.company_id).id,
            "purchase_name": purchase.title or finding.booked.purchase_name,
            "supplier_name": purchase.supplier_name or finding.document.supplier_name,
        }

    def _has_company(self, turn, places, finding):
        if finding.company:
            return True
        establishment = finding.document._mapping("establishment")
        told = places.describe_archived(establishment) or _lt(
            "The establishment “%s” has no company yet: press “Choose the Company”.",
            establishment.display_name,
        )
        with contained(finding.document, turn):
            raise Blocked("unmapped_establishment", told)
        return False

    def _map_suppliers(self, turn, findings, mappings):
        """Map new suppliers, and check those that are mapped.

        Return ``{mapping: trouble}`` of those that could not be mapped; a person has to do it.

        :param mappings: ``{document: its supplier's mapping}``
        """
        read = {
            mappings[finding.document]: finding.supplier for finding in findings if finding.supplier
        }
        troubles = {}
        for company, members in (
            self.env["lucca.mapping"].union(*read).grouped("company_id").items()
        ):
            suppliers = self.env["lucca.supplier"].with_company(company)
            troubles |= suppliers._map_all(turn, {mapping: read[mapping] for mapping in members})
        return troubles

    def _settle(self, turn, mappings, troubles):
        """Mark documents as resolved, or stop those whose supplier could not be mapped.

        :param mappings: ``{document: its supplier's mapping}``
        :param troubles: ``{mapping: exception}``
        """
        for document in self.env["lucca.document"].union(*mappings)._still_to_do():
            with contained(document, turn):
                mapping = mappings[document]
                if mapping in troubles and not (mapping.partner_id or document.partner_id):
                    raise troubles[mapping]
                document.is_resolved = True
