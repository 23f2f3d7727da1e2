"""The states of a Lucca document, with the words for them."""

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
#: What an electronic invoice says, compared with Lucca and Odoo.
ELECTRONIC_CHECKS = [
    ("agrees", "Says the same"),
    ("differs", "Says something else"),
]
#: The kinds of mappings whose lack is the reason.
MAPPED_BY_REASON = {
    "unmapped_tax": ("tax",),
    "unknown_supplier": ("supplier",),
    "ambiguous_supplier": ("supplier",),
    "unmapped_establishment": ("establishment",),
}
#: The kinds of mappings that a person may choose otherwise, where that is the reason.
REMAPPED_BY_REASON = {
    "tax_mismatch": ("tax",),
    "total_mismatch": ("tax",),
    "unmapped_tax": ("nature",),
    "archived_account": ("nature",),
}
#: The reasons for which a bill gets a line for a difference, where a person accepts them.
OF_AMOUNTS = ("tax_mismatch", "total_mismatch")
#: What a document may wait for that its electronic invoice settles.
SETTLED = ("tax_mismatch", "total_mismatch", "unmapped_tax")
#: What a person has not said, or not of what Lucca says now.
NOT_ACCEPTED = {"accepted_reasons": False, "difference_account_id": False}
#: What a listing says of a document's state, beside the facts.
STATE_FIELDS = ("state", "reason", "message")
#: Lucca's own states; it may gain others, which are shown as they are.
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


def kinds_to_choose(reason):
    """The kinds of mappings by which a person may end that documents wait for a reason."""
    return (*MAPPED_BY_REASON.get(reason, ()), *REMAPPED_BY_REASON.get(reason, ()))


def name_of(state):
    """Return a state of Lucca's as a message; empty for none."""
    return "" if not state or state == "None" else _WORDS.get(state, state)
