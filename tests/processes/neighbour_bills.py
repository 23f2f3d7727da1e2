"""What a test reads of the bills of an account, in a process with other modules."""

from lxml import etree

FIELDS = (
    *("move_type", "state", "ref", "invoice_date", "date", "invoice_date_due", "payment_reference"),
    *("amount_untaxed", "amount_tax", "amount_total", "amount_total_signed", "invoice_origin"),
)
LINE_FIELDS = ("display_type", "name", "quantity", "price_unit", "balance", "amount_currency")


def describe_bills(env):
    """``{number: what its bill says}``, without ids, which differ from database to database."""
    documents = env["lucca.document"].search([("move_id", "!=", False)], order="number")
    return {document.number: describe_bill(document) for document in documents}


def describe_bill(document):
    move = document.move_id
    files = document.env["ir.attachment"].search(
        [("res_model", "=", "account.move"), ("res_id", "=", move.id)], order="name"
    )
    return {
        **{name: str(move[name]) for name in FIELDS},
        "partner": [move.partner_id.name, move.partner_id.vat or ""],
        "currency": [move.currency_id.name, round(move.invoice_currency_rate, 9)],
        "position": move.fiscal_position_id.name or "",
        "lines": [describe_line(line) for line in move.line_ids.sorted("id")],
        "files": [[file.name, file.checksum] for file in files],
        "main_file": move.message_main_attachment_id.name or "",
        "draft_reason": str(document.draft_reason or ""),
        "electronic_check": document.electronic_check or "",
        "document": [document.state, document.reason or "", document.files_state],
        "message": str(document.message or ""),
    }


def describe_line(line):
    accounts = {
        ",".join(
            sorted(
                line.env["account.analytic.account"].browse(map(int, key.split(","))).mapped("name")
            )
        ): share
        for key, share in (line.analytic_distribution or {}).items()
    }
    return [
        *(str(line[name]) for name in LINE_FIELDS),
        line.account_id.code,
        line.tax_ids.mapped("name"),
        line.tax_line_id.name or "",
        accounts,
        len(line.analytic_line_ids),
    ]


def describe_buttons(env):
    """``{view: names of the buttons of ours that it shows}``, of all our views as they are combined."""
    data = env["ir.model.data"].search(
        [("module", "=", "lucca_invoices_sync"), ("model", "=", "ir.ui.view")]
    )
    views = env["ir.ui.view"].browse(data.mapped("res_id")).filtered(lambda one: one.type != "qweb")
    return {view.xml_id: sorted(our_buttons(env, view)) for view in views}


def our_buttons(env, view):
    arch = env[view.model].get_view(view.id, view.type)["arch"]
    for node in etree.fromstring(arch).iter("button", "a"):
        name = node.get("name") or ""
        if "lucca" in name or view.model.startswith("lucca."):
            yield name
