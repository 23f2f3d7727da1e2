from odoo import api, models

from ...lucca.api.errors import AccessDenied, NotFound, RequestRefused
from ...lucca.api.paging import Place
from ...lucca.documents.reference_data import read_purchase
from ...lucca.errors import InvalidDocument
from ..document import change
from ..messages import Messages
from ..troubles import OWN_FAILURES
from .links import link_mappings

_lt = Messages(__name__)

#: Errors that end the reading until the next audit: the key may not read the list, or its place is gone.
REFUSED = (AccessDenied, NotFound, RequestRefused)
#: How often a page may fail before the list is left until the next audit.
MOST_FAILURES = 3
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
            for page in turn.client.purchases(Place(**state.purchase_audit["place"])):
                turn.durably(lambda page=page: self._compare_page(turn, page))
                yield
        except REFUSED:
            turn.durably(lambda: state.write({"purchase_audit": False}))
        except OWN_FAILURES:
            failures = state.purchase_audit["failures"] + 1
            failed = {**state.purchase_audit, "failures": failures}
            kept = failures < MOST_FAILURES and failed
            turn.durably(lambda: state.write({"purchase_audit": kept}))
            raise

    @api.model
    def _describe_progress(self, _connection):
        """Return ``(what this step does, None)``: how much is left is unknown."""
        return self.env._("Reading the purchases again"), None

    def _compare_page(self, turn, page):
        self._compare(turn, filter(None, map(_read, page.items)))
        following = page.following and {"place": page.following.as_json(), "failures": 0}
        turn.state.purchase_audit = following or False

    @api.model
    def _compare(self, turn, purchases):
        """Update the bills of purchases whose references changed: drafts follow, others are reported.

        :param purchases: the present ``Purchase``s
        :return: whether a purchase with a bill has changed
        """
        purchases = {purchase.lucca_id: purchase for purchase in purchases}
        documents = self.env["lucca.document"].search(
            [
                ("connection_id", "=", turn.connection.id),
                ("purchase_lucca_id", "in", list(purchases)),
                ("state", "=", "imported"),
                ("move_id", "!=", False),
                # Without either, the former supplier is unknown.
                "|",
                ("mapping_ids.kind", "=", "supplier"),
                ("partner_id", "!=", False),
            ]
        )
        found = {one: self._differences(one, purchases[one.purchase_lucca_id]) for one in documents}
        changed = {document: rows for document, rows in found.items() if rows}
        self._link(turn.connection, {one: purchases[one.purchase_lucca_id] for one in changed})
        for document, rows in changed.items():
            change.take_over_purchase(document, turn, rows)
        return bool(changed)

    def _differences(self, document, purchase):
        """Return ``[label, before, now]`` of each kind of reference that changed."""
        rows = []
        for kind, references in purchase.references.items():
            known = document._mapping(kind)
            if set(known.mapped("lucca_id")) != {one.lucca_id for one in references}:
                is_supplier = kind == "supplier"
                now = _names(references) if references or not is_supplier else _draft_name(purchase)
                before = document.partner_id.display_name if is_supplier else False
                rows.append([LABELS[kind], before or _names(known), now])
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
        new = {key: one for key, one in references.items() if key not in known}
        known |= mappings._create_for(connection, new)
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
