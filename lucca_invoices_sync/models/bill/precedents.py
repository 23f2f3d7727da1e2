"""The earlier invoices that an electronic invoice names (BT-25), as far as Odoo or Lucca has them."""

from odoo.tools import SQL

from ...lucca.booking.bill_numbers import read_number

#: The states of documents whose bills may still come.
COMING = ("pending", "blocked", "failed")


def read_precedents(books, documents):
    """Return the bills and the ``lucca.document`` rows that a batch may name as earlier ones.

    This takes two queries, and none if no electronic invoice of the batch names an earlier one.

    :param documents: documents of the company, whose electronic invoices ``books`` has
    """
    named = {
        name
        for document in documents
        for invoice in books.electronic_invoices.get(document, ())
        for name in invoice.preceding_invoices
    }
    traces = {read_number(name).trace for name in named} - {""}
    env = documents.env
    if not traces:
        return env["account.move"], env["lucca.document"]
    suppliers = env["res.partner"].union(*(document._partner() for document in documents))
    return (
        _find_bills(books.company, suppliers.commercial_partner_id, traces),
        documents.search(
            [
                ("company_id", "=", books.company.id),
                ("state", "in", COMING),
                ("number", "in", list(named)),
            ]
        ),
    )


def _find_bills(company, suppliers, traces):
    """Return the bills of suppliers whose numbers may be these, with or without a prefix.

    :param traces: the ``BillNumber.trace`` of each number
    """
    moves = suppliers.env["account.move"]
    moves.flush_model(["ref"])
    query = moves._search(
        [
            ("company_id", "=", company.id),
            ("move_type", "=", "in_invoice"),
            ("commercial_partner_id", "in", suppliers.ids),
        ]
    )
    trace = SQL("regexp_replace(ref, '[^1-9]', '', 'g')")
    query.add_where(
        SQL(
            "%(trace)s != '' AND EXISTS (SELECT FROM unnest(%(named)s) AS named"
            " WHERE named LIKE '%%' || %(trace)s OR %(trace)s LIKE '%%' || named)",
            trace=trace,
            named=list(traces),
        )
    )
    return moves.browse(query)


def bills_before(bill, books):
    """Return the bills of the supplier that the electronic invoice of a ``Bill`` names as earlier ones.

    Those that are cancelled or reversed are left out.
    """
    return _named(bill, books).filtered(lambda move: not _is_settled(move))


def is_settled_before(bill, books):
    """Return whether the only bills that it names so are cancelled or reversed."""
    named = _named(bill, books)
    return bool(named) and all(map(_is_settled, named))


def _is_settled(move):
    return move.state == "cancel" or move.payment_state == "reversed"


def _named(bill, books):
    numbers = _numbers(bill)
    return books.precedents[0].filtered(
        lambda move: (
            move != bill.document.move_id
            and move.commercial_partner_id == bill.partner.commercial_partner_id
            and _is_one(move.ref, numbers)
        )
    )


def documents_before(bill, books):
    """Return the documents that it names so, and that have no bill yet."""
    numbers = _numbers(bill)
    return books.precedents[1].filtered(
        lambda document: (
            document != bill.document
            and document._partner().commercial_partner_id == bill.partner.commercial_partner_id
            and _is_one(document.number, numbers)
        )
    )


def _numbers(bill):
    return [read_number(name) for name in bill.electronic.preceding_invoices]


def _is_one(text, numbers):
    """Return whether a text is one of these numbers, which people may write without its prefix."""
    own = read_number(text or "")
    return any(map(own.same_but_for_prefix, numbers))
