"""The states of a Lucca document, the reasons for them, and their names on the screen."""

from ..lucca.booking.payments import Means, read_method
from .messages import Messages

_lt = Messages(__name__)

STATES = [
    ("pending", "To Book"),
    ("blocked", "Needs Attention"),
    ("failed", "Failed, Tried Again"),
    ("imported", "Bill Created"),
    ("ignored", "Not Imported"),
]
REASONS = [
    ("unknown_supplier", "Unknown supplier"),
    ("ambiguous_supplier", "More than one supplier fits"),
    ("unmapped_tax", "VAT rate without a tax"),
    ("archived_account", "Archived account"),
    ("tax_mismatch", "VAT does not fit the amounts"),
    ("total_mismatch", "Totals do not add up"),
    ("inactive_currency", "Inactive currency"),
    ("duplicate_bill", "Bill exists already"),
    ("closed_period", "Closed period"),
    ("unmapped_establishment", "Establishment without a company"),
    ("invalid_document", "Unreadable document"),
    ("not_approved", "Not approved in Lucca"),
    ("doubtful_date", "Doubtful date"),
    ("refused_by_odoo", "Odoo refuses the bill"),
]
FILES_STATES = [
    ("none", "No Files"),
    ("pending", "To Fetch"),
    ("done", "Attached"),
    ("failed", "Failed, Tried Again"),
]
#: The results of comparing an electronic invoice with Lucca and Odoo.
ELECTRONIC_CHECKS = [
    ("agrees", "Says the same"),
    ("differs", "Says something else"),
]
#: ``{reason: the kinds of mappings that are missing}``
MAPPED_BY_REASON = {
    "unmapped_tax": ("tax",),
    "unknown_supplier": ("supplier",),
    "ambiguous_supplier": ("supplier",),
    "unmapped_establishment": ("establishment",),
}
#: ``{reason: the kinds of mappings that exist, and that a person may change to solve it}``
REMAPPED_BY_REASON = {
    "tax_mismatch": ("tax",),
    "total_mismatch": ("tax",),
    "unmapped_tax": ("nature",),
    "archived_account": ("nature", "cost_center", "axis_section"),
}
#: The reasons that give a bill a line for a difference once a person accepts them.
OF_AMOUNTS = ("tax_mismatch", "total_mismatch")
#: The reasons that a document's electronic invoice may solve without a person.
SETTLED = ("tax_mismatch", "total_mismatch", "unmapped_tax")
#: Values that forget what a person accepted, for a document whose contents changed.
NOT_ACCEPTED = {
    "accepted_reasons": False,
    "difference_account_id": False,
    "answered_move_id": False,
}
#: Those values of a listed document that say its state. The others are facts from Lucca.
STATE_FIELDS = ("state", "reason", "message")
#: The names of Lucca's own states. Lucca may add others, which are shown untranslated.
_WORDS = {
    "ToReview": _lt("To Review"),
    "PendingBreakdown": _lt("Pending Breakdown"),
    "Confirmed": _lt("Approved"),
    "Litigation": _lt("In Dispute"),
    "Discarded": _lt("Discarded"),
    "Removed": _lt("Removed"),
    "Bypassed": _lt("Bypassed"),
    "Partial": _lt("Partially Approved"),
    "ToPay": _lt("To Pay"),
    "UnderReview": _lt("Under Review"),
    "Emitting": _lt("Payment Sent"),
    "Paid": _lt("Paid"),
    "OnHold": _lt("On Hold"),
    "Rejected": _lt("Rejected"),
    "Cancelled": _lt("Cancelled"),
    "Available": _lt("Available"),
    "Consumed": _lt("Consumed"),
    "Unavailable": _lt("Unavailable"),
}
#: The names of the ways to pay. Lucca has only codes for them, in English.
_METHODS = {
    Means.CARD: _lt("card"),
    Means.CASH: _lt("cash"),
    Means.CHEQUE: _lt("cheque"),
    Means.DIRECT_DEBIT: _lt("direct debit"),
    Means.TRANSFER: _lt("bank transfer"),
}


def kinds_to_choose(reason):
    """Return the kinds of mappings that a person may choose to solve a reason."""
    return (*MAPPED_BY_REASON.get(reason, ()), *REMAPPED_BY_REASON.get(reason, ()))


def name_of(state):
    """Return the name of one of Lucca's states: a message, or text if it is unknown; empty for none."""
    return "" if not state or state == "None" else _WORDS.get(state, state)


def name_of_method(method):
    """Return the name of a ``paymentMethod`` for a sentence: a message, or Lucca's own text if it has none."""
    return _METHODS.get(read_method(method), method)


def reasons_of(kind):
    """Return the reasons for which documents need attention that a mapping of this kind may end."""
    return [
        reason
        for table in (MAPPED_BY_REASON, REMAPPED_BY_REASON)
        for reason, kinds in table.items()
        if kind in kinds
    ]
