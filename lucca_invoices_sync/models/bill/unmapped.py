"""What Lucca names on a document and nobody mapped, although others of its kind are mapped.

A nature that somebody adds in Lucca after the start is such a reference. No document waits for it, so the bill says it.
"""

from ..messages import Messages, code_and_name, read_message
from . import advances

_lt = Messages(__name__)

#: The doubts about a nature without an account. They end once the nature has one, see ``ends_doubt``.
_NATURE = _lt(
    "The nature “%(nature)s” has no account, although others have one: the bill is on %(accounts)s,"
    " which nobody chose for this nature. Give it an account under Natures, even the same one. This note"
    " then no longer appears, and drafts that nobody edited get that account."
)
_NATURE_OF_COMPANY = _lt(
    "The nature “%(nature)s” has no account in “%(company)s”, although natures have accounts in"
    " “%(other)s”: the bill is on %(accounts)s, which nobody chose for this nature. Give it an account"
    " under Natures, even the same one. This note then no longer appears, and drafts that nobody"
    " edited get that account."
)
#: ``{kind: the note about a reference without an analytic account}``
_ANALYTIC = {
    "cost_center": _lt(
        "The cost centre “%(name)s” has no analytic account, although others have one: the bill is"
        " booked without it. Choose one under Cost Centres and Sections for the next bills."
    ),
    "axis_section": _lt(
        "The section “%(name)s” has no analytic account, although others have one: the bill is booked"
        " without it. Choose one under Cost Centres and Sections for the next bills."
    ),
}


def tell_unmapped(bill, books):
    """Add to a ``Bill`` with lines a doubt or notes about references that nobody mapped.

    A company that maps no reference of a kind does without them, and is told nothing, unless natures have accounts in
    the company of its connection: then nobody gave them accounts since it joined.
    """
    document = bill.document
    connection = document.connection_id
    if not document._mapping("nature").account_id:
        if books.maps("nature", connection):
            _tell_nature(bill, books)
        elif books.maps("nature", connection, connection.company_id):
            _tell_nature_of_joined_company(bill, books)
    for kind, note in _ANALYTIC.items():
        left_out = document._mapping(kind).filtered(lambda one: not one.analytic_account_id)
        if left_out and books.maps(kind, connection):
            bill.notes += [note.filled(name=one.display_name) for one in left_out]


def is_doubted(document):
    """Return whether the bill of a document has a doubt since its nature had no account."""
    return _is_in(doubt for (doubt,) in document.doubts or [])


def ends_doubt(bill):
    """Return whether a ``Bill`` is without the doubt that its document's draft has, since the nature has an account."""
    return is_doubted(bill.document) and not _is_in(bill.doubts)


def _is_in(doubts):
    found = [read_message(doubt).data for doubt in doubts]
    terms = [doubt.data["term"] for doubt in (_NATURE, _NATURE_OF_COMPANY)]
    return any(isinstance(data, dict) and data.get("term") in terms for data in found)


def _tell_nature(bill, books):
    """Add a doubt if the account of the ``Bill`` would be the same whatever is bought, else note where it comes from.

    An account that also is that of the connection or the last resort says nothing about this purchase, even if the
    supplier's former bills are on it: these may not have had another one for the same reason.
    """
    nature, accounts = bill.document._mapping("nature"), _accounts_of_expenses(bill, books)
    by_default = accounts & _default_accounts(bill)
    usual = accounts & books.usual_accounts.get(bill.partner.id, accounts.browse())
    told = {
        "nature": nature.mapped("display_name"),
        "accounts": [code_and_name(one, bill.company) for one in by_default or usual],
    }
    if by_default and nature:
        bill.doubts.append(_NATURE.filled(**told))
    elif by_default:
        bill.notes.append(_lt("Lucca names no nature: the bill is on %(accounts)s.").filled(**told))
    elif usual and nature:
        bill.notes.append(
            _lt(
                "The nature “%(nature)s” has no account, although others have one: the bill is on"
                " %(accounts)s, the usual account of the supplier."
            ).filled(**told)
        )


def _tell_nature_of_joined_company(bill, books):
    """Add a doubt as ``_tell_nature`` does, for a company in which nobody mapped any nature yet."""
    nature = bill.document._mapping("nature")
    by_default = _accounts_of_expenses(bill, books) & _default_accounts(bill)
    if by_default and nature:
        bill.doubts.append(
            _NATURE_OF_COMPANY.filled(
                nature=nature.mapped("display_name"),
                company=bill.company.name,
                other=bill.document.connection_id.company_id.name,
                accounts=[code_and_name(one, bill.company) for one in by_default],
            )
        )


def _default_accounts(bill):
    lines = bill.document.env["lucca.bill.line"]
    return lines._account_of_connection(bill) | lines._last_account(bill)


def _accounts_of_expenses(bill, books):
    """Return the accounts of the lines of a ``Bill``, without those of advances and confirmed differences."""
    lines = zip(bill.lines, bill.values["invoice_line_ids"], strict=True)
    ids = {
        values["account_id"]
        for line, (_command, _id, values) in lines
        if not advances.account_of(bill, books, line)
    }
    return bill.document.env["account.account"].browse(ids)
