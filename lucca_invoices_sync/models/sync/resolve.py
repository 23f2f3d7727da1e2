from odoo import api, models
from odoo.tools import split_every

from ...lucca.api.paging import PAGE_SIZE
from ...lucca.references import ListReading, References
from ..document import change
from ..messages import Messages
from ..savepoints import Savepoint, attempt
from ..troubles import OWN_FAILURES, Blocked, contained
from .book import BATCH
from .companies import CompanyFinder
from .inquiry import Asked, Inquiry, read_for_company, read_purchase
from .known import count_purchases
from .links import link_mappings

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
        references, companies = References(turn.client, cache), CompanyFinder(turn.connection)
        purchases = {document.id: document.purchase_lucca_id for document in found}
        yield from self._read_lists(turn, references, cache, set(purchases.values()) - {0})
        for ids in self._batches(references, purchases):
            cache.read_ahead([("purchase", purchases[document_id]) for document_id in ids])
            asked = Asked(turn, companies)
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

        If the slice ends, or Lucca cannot be asked now, the complete inquiries are stored. If it ends while older bills
        of their purchases are compared, the next slice asks again, mostly the cache.
        """
        self._ask(turn, references, asked, documents)
        if asked.inquiries:
            yield from self._compare_purchases(turn, asked)
        if asked.inquiries or asked.troubles:
            self._store(turn, asked)
        if asked.interruption:
            raise asked.interruption
        yield

    def _compare_purchases(self, turn, asked):
        """Take over what changed in the purchases that were read, since older bills of them were created."""
        read = [one.purchase for one in asked.inquiries if one.purchase.lucca_id]
        if (yield from self.env["lucca.sync.purchases"]._compare(turn, read)):
            turn.is_cut_short = True  # a change has drafts to rewrite in another round

    def _ask(self, turn, references, asked, documents):
        """Add inquiries and troubles of documents to ``asked``; each answer is cached at once."""
        begun = []
        for document in documents._still_to_do():
            with asked.about(document):
                booked = document._booked_document()
                purchase = read_purchase(references, document, booked)
                begun.append(Inquiry(document, booked, purchase))
            if not asked.goes_on:
                return
        known = self._find_mappings(turn.connection, begun)
        for inquiry in begun:
            with asked.about(inquiry.document):
                inquiry.company = asked.companies.company_of(inquiry, known)
                read_for_company(references, inquiry, known)
                asked.inquiries.append(inquiry)
            if not asked.goes_on:
                break

    def _find_mappings(self, connection, inquiries):
        """Return ``{(company, kind, Lucca's id): mapping}`` of all references of the inquiries."""
        ids = {reference.lucca_id for inquiry in inquiries for reference in inquiry.all_references}
        return self.env["lucca.mapping"]._by_reference(connection, ids)

    # --- storing --------------------------------------------------------------------------------

    def _store(self, turn, asked):
        """Store inquiries and troubles, then map the suppliers."""
        stored = turn.durably(
            lambda: self._store_asked(turn, asked), processed=len(asked.inquiries)
        )
        mappings = {one.document: one.document._mapping("supplier") for one in stored}
        troubles = self._map_suppliers(turn, stored, mappings)
        troubles.update({mappings[one.document]: one.trouble for one in stored if one.trouble})
        turn.durably(lambda: self._settle(turn, mappings, troubles), processed=0)

    def _store_asked(self, turn, asked):
        """Store inquiries and troubles; return the inquiries whose suppliers may be mapped.

        If storing all inquiries fails, each is stored alone, so that only the failing one is stopped.
        """
        documents = self.env["lucca.document"]
        to_do = documents.union(*asked.troubles, *(one.document for one in asked.inquiries))
        to_do = to_do._still_to_do()
        for document, trouble in asked.troubles.items():
            if document in to_do:
                with contained(document, turn):
                    raise trouble
        inquiries = [inquiry for inquiry in asked.inquiries if inquiry.document in to_do]
        inquiries = self._with_their_company(turn, asked.companies, inquiries)
        with attempt(self.env) as attempted:
            self._store_references(inquiries)
        if attempted.error:
            inquiries = [inquiry for inquiry in inquiries if self._is_stored_alone(turn, inquiry)]
        inquiries = [one for one in inquiries if self._has_company(turn, asked.companies, one)]
        return self._without_other_companies(asked.companies, inquiries)

    def _with_their_company(self, turn, companies, inquiries):
        """Return the inquiries whose company did not change during the requests.

        The others are asked about again in another round.
        """
        known = self._find_mappings(turn.connection, inquiries)
        kept = [one for one in inquiries if one.company == companies.company_of(one, known)]
        if len(kept) < len(inquiries):
            turn.is_cut_short = True
        return kept

    def _is_stored_alone(self, turn, inquiry):
        with contained(inquiry.document, turn), Savepoint(self.env.cr):
            self._store_references([inquiry])
            return True
        return False  # the document is blocked or failed now

    def _store_references(self, inquiries):
        """Link the documents to their mappings, and create the missing ones."""
        if not inquiries:
            return
        connection = inquiries[0].document.connection_id
        known = self._find_mappings(connection, inquiries)
        wanted = {key: one for inquiry in inquiries for key, one in inquiry.keys(connection)}
        mappings = self.env["lucca.mapping"]
        known |= mappings._create_missing(connection, wanted, known)
        links = {}
        for inquiry in inquiries:
            found = mappings.union(*(known[key] for key, _one in inquiry.keys(connection)))
            self._set_rates(inquiry, found)
            inquiry.document.write(self._prepare_document(connection, inquiry))
            links[inquiry.document] = found
        link_mappings(self.env, links)

    def _set_rates(self, inquiry, mappings):
        day = inquiry.booked.tax_day
        for mapping in mappings:
            if mapping.kind == "tax" and mapping.lucca_id in inquiry.rates:
                mapping._set_rate(inquiry.rates[mapping.lucca_id], day)

    def _prepare_document(self, connection, inquiry):
        purchase = inquiry.purchase
        return {
            "company_id": (inquiry.company or connection.company_id).id,
            "purchase_name": purchase.title or inquiry.booked.purchase_name,
            "supplier_name": purchase.supplier_name or inquiry.document.supplier_name,
        }

    def _has_company(self, turn, companies, inquiry):
        if inquiry.company:
            return True
        establishment = inquiry.document._mapping("establishment")
        told = companies.describe_archived(establishment) or _lt(
            "The establishment “%s” has no company yet: press “Choose the Company”.",
            establishment.display_name,
        )
        with contained(inquiry.document, turn):
            raise Blocked("unmapped_establishment", told)
        return False

    def _without_other_companies(self, companies, inquiries):
        """Leave the bills that Lucca has for another company by now; return the other inquiries."""
        if not any(inquiry.document.move_id for inquiry in inquiries):
            return inquiries
        known = self._find_mappings(inquiries[0].document.connection_id, inquiries)
        kept = []
        for inquiry in inquiries:
            target = companies.target_of(inquiry, known)
            if inquiry.document.move_id and target and target != inquiry.company:
                # A purchase that cannot be read names no establishment, and speaks against no company.
                is_named = inquiry.purchase.establishment
                told = is_named and _describe_other_company(inquiry.company, target)
                change.keep(inquiry.document, told)
            else:
                kept.append(inquiry)
        return kept

    def _map_suppliers(self, turn, inquiries, mappings):
        """Map new suppliers, and check those that are mapped.

        Return ``{mapping: trouble}`` of those that could not be mapped; a person has to do it.

        :param mappings: ``{document: its supplier's mapping}``
        """
        read = {
            mappings[inquiry.document]: inquiry.supplier
            for inquiry in inquiries
            if inquiry.supplier
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


def _describe_other_company(company, target):
    """Return a message that says what to do with a bill in a company that is for another one by now."""
    return _lt(
        "This bill is in %(company)s, and by its establishment in Lucca it belongs to %(other)s: delete it, or cancel"
        " it if it was posted, then press “Retry” on its document.",
        company=company.name,
        other=target.name,
    )
