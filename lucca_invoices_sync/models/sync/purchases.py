from odoo import api, models
from odoo.tools import split_every

from ...lucca.api.errors import AccessDenied, NotFound, RequestRefused
from ...lucca.api.paging import Place
from ...lucca.documents.reading import dumps, loads
from ...lucca.documents.reference_data import read_purchase
from ...lucca.errors import InvalidDocument
from ..bill.books import CompanyBooks
from ..document import change
from ..messages import Messages
from ..troubles import OWN_FAILURES
from .links import link_mappings
from .turn import TOLD_AT_ONCE

_lt = Messages(__name__)

#: Errors that end the reading until the next audit: the key may not read the list, or its place is gone.
REFUSED = (AccessDenied, NotFound, RequestRefused)
#: How often a page may fail before the list is left until the next audit.
MOST_FAILURES = 3
#: The values of the state of a synchronisation once the list is left.
GIVEN_UP = {"purchase_audit": False, "are_purchases_unread": True}
LABELS = {
    "supplier": _lt("Supplier"),
    "nature": _lt("Nature"),
    "cost_center": _lt("Cost centre"),
    "axis_section": _lt("Analytic sections"),
    "establishment": _lt("Establishment"),
}


class LuccaSyncPurchases(models.AbstractModel):
    """Finds changes of purchases after their bills were created.

    A document contains only the id of its purchase, so it does not show a change of the purchase. An
    audit therefore reads the list of purchases, by one request for a hundred. Between audits, only
    purchases that are read for new documents are compared.
    """

    _name = "lucca.sync.purchases"
    _description = "Part of a Full Check: Read the Purchases of Bills Again"

    @api.model
    def _begin(self, turn):
        """Begin to read the list from its first page, unless the connection has no bills."""
        turn.state.are_purchases_unread = False
        with_bill = [("connection_id", "=", turn.connection.id), ("move_id", "!=", False)]
        if self.env["lucca.document"].search_count(with_bill, limit=1):
            turn.state.purchase_audit = {"place": Place().as_json(), "failures": 0}

    @api.model
    def _work(self, turn):
        """Compare the purchases of an audit, page by page, with those that bills were created from."""
        state = turn.state
        if not state.purchase_audit:
            return
        try:
            yield from self._read_pages(turn)
        except REFUSED:
            turn.durably(lambda: state.write(GIVEN_UP))
        except OWN_FAILURES:
            failures = state.purchase_audit["failures"] + 1
            failed = {"purchase_audit": {**state.purchase_audit, "failures": failures}}
            turn.durably(lambda: state.write(failed if failures < MOST_FAILURES else GIVEN_UP))
            raise

    @api.model
    def _describe_progress(self, _connection):
        """Return ``(what this step does, None)``: how much is left is unknown."""
        return self.env._("Reading the purchases again"), None

    def _read_pages(self, turn):
        """Read the list on from its place, after the changes of the page before, which a slice may have left."""
        yield from self._take_over_kept(turn)
        place = (turn.state.purchase_audit or {}).get("place")
        if not place:
            return
        for page in turn.client.purchases(Place(**place)):
            turn.durably(lambda page=page: self._keep_page(turn, page))
            yield
            yield from self._take_over_kept(turn)

    def _keep_page(self, turn, page):
        """Store the place of the next page, and the purchases of this page whose bills have other references.

        A page may have thousands of bills, more than one slice can take over. Therefore these purchases are
        kept, and Lucca is not asked for the page again.
        """
        read = [(purchase, item) for item in page.items if (purchase := _read(item))]
        # A purchase may be too large to be read, or of a form that is not known.
        if page.skipped or len(read) < len(page.items):
            turn.state.are_purchases_unread = True
        changed = self._find_changed(turn.connection, [purchase for purchase, _item in read])
        ids = set(changed.mapped("purchase_lucca_id"))
        kept = [item for purchase, item in read if purchase.lucca_id in ids]
        self._go_on_at(turn, page.following and page.following.as_json(), kept)

    def _take_over_kept(self, turn):
        """Take over what changed in the purchases that ``_keep_page`` kept."""
        audit = turn.state.purchase_audit or {}
        if kept := audit.get("kept"):
            yield from self._compare(turn, filter(None, map(_read, loads(kept))))
            turn.durably(lambda: self._go_on_at(turn, audit["place"]))
            yield

    def _go_on_at(self, turn, place, kept=()):
        """Store where the reading goes on; without a place and kept purchases it has ended.

        :param place: the ``Place`` of the next page as JSON; False if there is none
        :param kept: the JSON of the purchases that are to be taken over first
        """
        audit = {"place": place or False, "failures": 0, "kept": dumps(kept) if kept else False}
        turn.state.purchase_audit = audit if place or kept else False

    @api.model
    def _compare(self, turn, purchases):
        """Update the bills of purchases whose references changed: drafts follow, others are reported.

        A reference that is the same in Odoo as the former one does not change a bill: its document is only
        linked to it.

        It is a generator, like a step, and yields after each piece of work. What was taken over is no change the
        next time, so a later call continues where this one ended.

        :param purchases: the present ``Purchase``s
        :return: whether a purchase with a bill has changed
        """
        purchases = list(purchases)
        changed = self._find_changed(turn.connection, purchases)
        for some in split_every(TOLD_AT_ONCE, changed.ids, changed.browse):
            turn.durably(
                lambda some=some: self._take_over_changed(turn, purchases, some), len(some)
            )
            yield
        return bool(changed)

    def _find_changed(self, connection, purchases, among=None):
        """Return the documents with a bill whose references are not those of their purchases.

        :param among: the documents to look at; None for all
        """
        references = {purchase.lucca_id: purchase.references for purchase in purchases}
        documents = self.env["lucca.document"].search(
            [
                ("connection_id", "=", connection.id),
                ("purchase_lucca_id", "in", list(references)),
                ("state", "=", "imported"),
                ("move_id", "!=", False),
                # Without either, the former supplier is unknown.
                "|",
                ("mapping_ids.kind", "=", "supplier"),
                ("partner_id", "!=", False),
                *([] if among is None else [("id", "in", among.ids)]),
            ]
        )
        return documents.filtered(
            lambda one: _changed_kinds(one, references[one.purchase_lucca_id])
        )

    def _take_over_changed(self, turn, purchases, documents):
        """Take over what changed in the purchases of some documents, unless that was done in the meantime."""
        purchases = {purchase.lucca_id: purchase for purchase in purchases}
        changed = self._find_changed(turn.connection, purchases.values(), documents)
        former = {one: _changed_mappings(one, purchases[one.purchase_lucca_id]) for one in changed}
        self._link(turn.connection, {one: purchases[one.purchase_lucca_id] for one in changed})
        is_shared = self._is_shared(turn.connection)
        for document, mappings in former.items():
            told = {
                kind: mapping
                for kind, mapping in mappings.items()
                if not _has_same_target(document, kind, mapping, is_shared)
            }
            if told:
                rows = self._differences(document, purchases[document.purchase_lucca_id], told)
                change.take_over_purchase(document, turn, rows)

    def _is_shared(self, connection):
        """Return whether bills of the Lucca account may belong to other companies than the connection's."""
        books = CompanyBooks(connection.company_id)
        return connection.asks_for_company or books.is_one_of_several(connection)

    def _differences(self, document, purchase, former):
        """Return ``[label, before, now]`` of each kind of reference that changed.

        :param former: ``{kind: former mappings}``
        """
        rows = []
        for kind, mapping in former.items():
            references, is_supplier = purchase.references[kind], kind == "supplier"
            now = _names(references) if references or not is_supplier else _draft_name(purchase)
            before = document.partner_id.display_name if is_supplier else False
            rows.append([LABELS[kind], before or _names(mapping), now])
        return rows

    def _link(self, connection, purchases):
        """Link documents to the present references of their purchases, and keep their VAT rates.

        :param purchases: ``{document: Purchase}``
        """
        if not purchases:
            return
        wanted = {
            document: dict(_keys(connection, document, purchase))
            for document, purchase in purchases.items()
        }
        references = {key: one for keys in wanted.values() for key, one in keys.items()}
        mappings = self.env["lucca.mapping"]
        known = mappings._by_reference(connection, {key[2] for key in references})
        known |= mappings._create_missing(connection, references, known)
        link_mappings(
            self.env,
            {
                document: mappings.union(document._mapping("tax"), *(known[key] for key in keys))
                for document, keys in wanted.items()
            },
        )
        for document, purchase in purchases.items():
            document.supplier_name = purchase.supplier_name
            document.purchase_name = purchase.title or document.purchase_name


def _read(item):
    """Return a ``Purchase``; None for JSON that cannot be read."""
    try:
        return read_purchase(item)
    except InvalidDocument:
        return None


def _changed_kinds(document, references):
    """Return the kinds of references that a document does not have as they are now.

    :param references: the present ones by kind
    """
    return [
        kind
        for kind, present in references.items()
        if set(document._mapping(kind).mapped("lucca_id")) != {one.lucca_id for one in present}
    ]


def _changed_mappings(document, purchase):
    """Return the mappings that a document has of each kind of reference that changed in its purchase."""
    kinds = _changed_kinds(document, purchase.references)
    return {kind: document._mapping(kind) for kind in kinds}


def _has_same_target(document, kind, former, is_shared):
    """Return whether a bill is made in the same way with its document's present references of a kind.

    :param former: the mappings of this kind that the bill was made with
    :param is_shared: whether nobody knows the company of an establishment that is not mapped
    """
    present = document._mapping(kind)
    if kind == "supplier":
        # Nobody knows yet whether two suppliers without a partner are the same, and two of one partner may
        # have two accounts.
        if document.partner_id:
            return document.partner_id == present.partner_id
        is_same = bool(former.partner_id) and former.partner_id == present.partner_id
        return is_same and (former.iban or "") == (present.iban or "")
    if former._meaning(kind) != present._meaning(kind):
        return False
    if kind == "establishment" and not present._target_company():
        return document.company_id == document.connection_id.company_id and not is_shared
    # Which of several accounts of one plan a bill has may depend on the codes of the sections.
    return len(present.analytic_account_id) <= 1


def _keys(connection, document, purchase):
    for kind, references in purchase.references.items():
        # Establishments decide the company, so their mappings are the connection's.
        is_shared = kind == "establishment"
        company = connection.company_id if is_shared else document.company_id
        for reference in references:
            yield (company, kind, reference.lucca_id), reference


def _names(references):
    """Return names with Lucca's ids, since two references may have the same name."""
    return ", ".join(f"{one.name or ''} ({one.lucca_id})".strip() for one in references) or "-"


def _draft_name(purchase):
    """Return the name of a purchase's draft supplier, which has no id."""
    return purchase.supplier_name or "-"
