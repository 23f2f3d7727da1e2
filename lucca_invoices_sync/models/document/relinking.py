"""Link documents to their bills again after the addon was uninstalled and installed again.

Uninstalling drops the tables of the addon, and the bills stay. Before that, each bill gets an external id that
names its document and the Lucca account. Odoo deletes an external id together with its bill.
"""

from urllib.parse import urlsplit

from ...lucca.api.errors import InvalidHost
from ...lucca.booking.bill_numbers import read_number
from ..bill.duplicate import BILLS, round_amount
from ..messages import Messages, Money
from . import change, payment, telling

_lt = Messages(__name__)

#: The module part of these external ids. There is no such module, so Odoo keeps them when it uninstalls modules.
MODULE = "__lucca_invoices__"


def keep_links(env):
    """Give each bill an external id that names its document."""
    documents = env["lucca.document"]
    connections = env["lucca.connection"].with_context(active_test=False).search([])
    for connection in connections:
        if not _place_of(connection):
            continue
        with_bill = documents.search(
            [("connection_id", "=", connection.id), ("move_id", "!=", False)]
        )
        env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"{MODULE}.{_name_of(one)}", "record": one.move_id, "noupdate": True}
                for one in with_bill
            ]
        )


def link_again(documents):
    """Link documents that were just listed to the bills that they had before the addon was uninstalled.

    A bill whose number or total differs from its document is linked, too, and a person is asked to look at it.
    """
    ids = _find_kept(documents)
    bills = documents.env["account.move"].browse(ids.mapped("res_id")).exists()
    free = bills.filtered(lambda bill: bill.move_type in BILLS and not bill.lucca_document_ids)
    by_name = {_name_of(document): document for document in documents}
    links = {}
    for one in ids:
        bill = bills.browse(one.res_id)
        if bill in free and bill not in links.values():
            links[by_name[one.name]] = bill
    if links:
        _link(
            documents.browse().union(*links), documents.env["account.move"].concat(*links.values())
        )
    ids.unlink()  # the documents have the links now


def _find_kept(documents):
    names = [_name_of(document) for document in documents]
    kept = [("module", "=", MODULE), ("model", "=", "account.move"), ("name", "in", names)]
    return documents.env["ir.model.data"].search(kept)


def _link(documents, bills):
    for document, bill in zip(documents, bills, strict=True):
        document.write(
            {
                "supplier_name": bill.partner_id.name,
                "imported_at": bill.create_date,
            }
        )
    told = _lt("Linked again to the bill that it had before Lucca Invoices Sync was uninstalled.")
    documents._link_to(bills, told)
    documents._note_decision("linked_again", told)
    telling.note_each(
        documents,
        lambda one: _lt(
            "Linked again to Lucca's document %s. Later changes in Lucca are noted here,"
            " and do not change this bill.",
            one.display_name,
        ),
    )
    for document in documents:
        payment.keep_block(document)
        if rows := _differences(document):
            change.tell_linked_again(document, rows)


def _differences(document):
    """Return rows of a label, the value on the bill and the value in Lucca, for number and total if they differ."""
    bill, currency = document.move_id, document.currency_id
    rows = []
    ours, theirs = read_number(bill.ref or ""), read_number(document.number or "")
    if not (ours.same_as(theirs) or (ours.is_empty and theirs.is_empty)):
        rows.append([change.LABELS["number"], bill.ref or "-", document.number or "-"])
    booked = round_amount(bill.currency_id, -bill.amount_total_in_currency_signed)
    printed = round_amount(currency, abs(document.amount_total))
    printed = -printed if document._is_refund() else printed
    if (bill.currency_id, booked) != (currency, printed):
        total = [Money(bill.currency_id.name, booked), Money(currency.name or "", printed)]
        rows.append([change.LABELS[change.changes.TOTAL], *total])
    return rows


def _name_of(document):
    """Return the name of the external id: type, id and moment of creation, account, company.

    If a Lucca account is emptied and counts its ids from 1 again, the moment tells two documents apart.
    """
    connection, created = document.connection_id, document.lucca_created_at
    parts = (
        document.lucca_type.lower(),
        document.lucca_id,
        f"{created:%Y%m%d%H%M%S}" if created else "",
        _place_of(connection),
        connection.company_id.id,
    )
    return "_".join(map(str, parts))


def _place_of(connection):
    """Return the host and port of an account, with ``_`` for dots; empty if the connection has no valid address."""
    try:
        return urlsplit(connection._url()).netloc.replace(".", "_")
    except InvalidHost:
        return ""
