"""The closed lists of values in Lucca's documentation."""

INVOICE = "Invoice"
CREDIT_NOTE = "CreditNote"
CONFIRMED = "Confirmed"
REMOVED = "Removed"

CONFORMITY_STATES = {
    INVOICE: (
        "ToReview",
        "PendingBreakdown",
        CONFIRMED,
        "Litigation",
        "Discarded",
        REMOVED,
        "Bypassed",
    ),
    CREDIT_NOTE: ("ToReview", "Partial", CONFIRMED, REMOVED, "Bypassed"),
}
PAYMENT_STATES = {
    INVOICE: (
        "None",
        "ToPay",
        "UnderReview",
        "Emitting",
        "Paid",
        "OnHold",
        "Rejected",
        "Cancelled",
    ),
    CREDIT_NOTE: ("Available", "Consumed", "Unavailable"),
}
