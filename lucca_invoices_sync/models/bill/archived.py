"""Records that are archived in Odoo: a bill that would have one waits, whatever named the record.

A mapping, the connection, the supplier and Odoo's own settings may all name a record that somebody archives
later. Odoo itself would go on to use some of these without a word, and refuse to post bills with others.
"""

from ..messages import Messages, code_and_name
from ..troubles import Blocked, Stopped

_lt = Messages(__name__)


def refuse_archived(document, records):
    """Raise ``Blocked`` if one of the records that a document's bill would have is archived.

    :param records: records of one of the models in ``_EXPLAINED``; may be empty
    """
    if archived := records.filtered(lambda record: not record.active)[:1]:
        reason, explain = _EXPLAINED[archived._name]
        raise Blocked(reason, explain(document, archived))


def refuse_archived_company(document):
    """Raise ``Blocked`` if the company of a document is archived, unless it has a bill there already.

    Nobody sees the documents of an archived company, so the document returns to the connection's.

    :raises Stopped: the archived company is the connection's
    """
    own = document.connection_id.company_id
    if document.company_id.active or document.move_id:
        return
    if document.company_id == own:
        raise Stopped  # nothing is synchronised until the company is unarchived
    raise Blocked(
        "unmapped_establishment",
        explain_archived_company(document._mapping("establishment"), document.company_id),
        is_resolved=False,
        company_id=own.id,
    )


def explain_archived_company(establishment, company):
    """Return why documents of an establishment wait, and what to do.

    :param company: the archived company that the establishment's bills go to
    """
    return _lt(
        "The bills of the establishment “%(establishment)s” belong to the company “%(company)s”, which"
        " is archived in Odoo. Unarchive that company, and the document goes on by itself, or press"
        " “Choose the Company”.",
        establishment=establishment.display_name or "?",
        company=company.name,
    )


def check_archived(bill, books):
    """Raise ``Blocked`` if a prepared ``Bill`` would have an archived record, be it by Odoo's own settings."""
    document, env = bill.document, bill.document.env
    lines = [values for _command, _id, values in bill.values["invoice_line_ids"]]
    for records in _named_by(env["account.move"], [bill.values]):
        refuse_archived(document, records)
    for records in _named_by(env["account.move.line"], lines):
        refuse_archived(document, records)
    taxes = env["account.tax"].union(*bill.taxes)
    refuse_archived(document, taxes)
    _check_accounts_of_taxes(bill, taxes)
    for values in lines:
        refuse_archived(document, _archived_analytic_accounts(bill, books, values))


def _named_by(model, rows):
    """Yield the records that values name by a many2one field, if their model can be explained."""
    for name in {name for values in rows for name in values}:
        field = model._fields.get(name)
        if field and field.type == "many2one" and field.comodel_name in _EXPLAINED:
            ids = {values[name] for values in rows if values.get(name)}
            yield model.env[field.comodel_name].browse(ids)


def _check_accounts_of_taxes(bill, taxes):
    """Raise ``Blocked`` if the VAT of a bill would be on an archived account: Odoo would never post the bill."""
    name = "refund" if bill.is_refund else "invoice"
    for tax in taxes.flatten_taxes_hierarchy():
        accounts = tax[f"{name}_repartition_line_ids"].account_id
        for account in accounts.filtered(lambda one: not one.active):
            raise Blocked(
                "archived_account",
                _lt(
                    "The account “%(account)s” of the tax “%(tax)s” is archived in Odoo: unarchive it, or"
                    " give the tax another account, then press “Retry”.",
                    account=code_and_name(account, bill.company),
                    tax=tax,
                ),
            )


def _archived_analytic_accounts(bill, books, values):
    """Return the archived analytic accounts of a line, also if Odoo's models give them to it."""
    accounts = bill.document.env["account.analytic.account"]
    distribution = values.get("analytic_distribution")
    if distribution is None and books.has_archived_distribution:
        account = bill.document.env["account.account"].browse(values["account_id"])
        distribution = books.distribution(bill.partner, account, accounts.root_plan_id)
    ids = {int(one) for key in distribution or {} for one in key.split(",")}
    return accounts.browse(ids and ids & books.archived_analytic_accounts)


# --- in words -------------------------------------------------------------------------------------


def _explain_partner(_document, partner):
    return _lt(
        "The supplier “%s” is archived in Odoo: unarchive it, then press “Retry”, or choose another.",
        partner.display_name,
    )


def _explain_journal(_document, journal):
    return _lt(
        "The journal “%s” is archived: unarchive it (“Open the Journal”), or choose another on"
        " the connection or for the establishment, then press “Retry”.",
        journal,
    )


def _explain_currency(_document, currency):
    return _lt(
        "The currency %s is not active in Odoo: press “Activate the Currency”.", currency.name
    )


def _explain_account(document, account):
    return _lt(
        "The account “%s” is archived in Odoo: unarchive it, then press “Retry”, or press “Other"
        " Account”. It may also be set on the connection or on the purchase journal.",
        code_and_name(account, document.company_id),
    )


def _explain_analytic_account(document, account):
    mappings = document.mapping_ids.filtered(lambda one: one.analytic_account_id == account)
    if mappings:
        return _lt(
            "The analytic account “%(account)s” of “%(reference)s” is archived in Odoo: unarchive it, then"
            " press “Retry”, or press “Other Account”.",
            account=account.display_name,
            reference=mappings[0].display_name,
        )
    return _lt(
        "The analytic account “%s” is archived in Odoo, and an analytic distribution model in Odoo gives"
        " it to the bill: unarchive it, or correct the model, then press “Retry”.",
        account.display_name,
    )


def _explain_tax(_document, tax):
    return _lt(
        "The tax “%s” is archived in Odoo: unarchive it, or choose another for the VAT rate or on the"
        " connection, then press “Retry”.",
        tax,
    )


def _explain_position(_document, position):
    return _lt(
        "The fiscal position “%s” of the supplier is archived in Odoo: unarchive it, or give the supplier"
        " another, then press “Retry”.",
        position,
    )


def _explain_term(_document, term):
    return _lt(
        "The payment term “%s” of the supplier is archived in Odoo: unarchive it, or give the supplier"
        " another, then press “Retry”.",
        term,
    )


#: ``{model: (the reason for which the document needs attention, the function that says what to do)}``
_EXPLAINED = {
    "account.account": ("archived_account", _explain_account),
    "account.analytic.account": ("archived_account", _explain_analytic_account),
    "account.fiscal.position": ("refused_by_odoo", _explain_position),
    "account.journal": ("refused_by_odoo", _explain_journal),
    "account.payment.term": ("refused_by_odoo", _explain_term),
    "account.tax": ("unmapped_tax", _explain_tax),
    "res.currency": ("inactive_currency", _explain_currency),
    "res.partner": ("unknown_supplier", _explain_partner),
}
