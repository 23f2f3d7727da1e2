"""The meanings of the explanations of differences, for readers of the PDF or workbook."""

from ..models.messages import Messages

_lt = Messages(__name__)

#: ``{explanation: one or two sentences}``
MEANINGS = {
    "unexplained": _lt(
        "It is not known why the amounts differ. Look at the document and its bill."
    ),
    "waits": _lt("The document has no bill yet, or its draft is to follow a change in Lucca."),
    "not_imported": _lt("A person decided that Odoo gets no bill for it."),
    "withdrawn": _lt("Lucca no longer approves it, and it had no bill."),
    "bill_deleted": _lt("Its bill was created, and a person deleted it."),
    "bill_cancelled": _lt("Its bill is cancelled in Odoo: it counts as zero."),
    "bill_reversed": _lt(
        "A person reversed its bill in Odoo, by a refund that is no credit note of Lucca: it counts as"
        " zero."
    ),
    "other_currency": _lt(
        "The bill is in another currency than the document: it counts as zero in the document's."
    ),
    "linked": _lt(
        "A person linked the document to an existing bill. Its amounts are those that were entered"
        " there."
    ),
    "linked_again": _lt(
        "The addon was uninstalled and installed again, and the document was linked to its bill"
        " again. What was known of the difference was deleted at that time."
    ),
    "by_hand": _lt("A person entered the bill by hand: its amounts are that person's."),
    "kept": _lt("A person left the bill as it was, whatever Lucca says of the document."),
    "self_assessed": _lt(
        "Lucca lists VAT that is not part of the total, since the company self-assesses it. On the"
        " bill it is due and deducted, so that its sum is zero."
    ),
    "not_recovered": _lt(
        "A part of the VAT is not recovered, as Lucca's cost says: on the bill it is part of the"
        " expense. The total is the same."
    ),
    "rounding": _lt(
        "Lucca's amount excluding taxes and its VAT do not add up to its total. The bill has"
        " Lucca's VAT and total, and a line for the rest."
    ),
    "booked_anyway": _lt(
        "The amounts of the document were doubtful, and a person pressed Book Anyway."
    ),
    "changed_in_lucca": _lt(
        "The document changed in Lucca after its bill was created, and the bill was not changed: it"
        " is posted, or somebody edited it."
    ),
    "bill_changed": _lt("A person changed the bill in Odoo after it was created."),
    "other_rate": _lt(
        "The VAT has the same sum, but it was booked with a tax of another rate than Lucca's."
    ),
}
