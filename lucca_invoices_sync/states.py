"""The states of a Lucca document, with the words for them."""

STATES = [
    ("pending", "To Book"),
    ("imported", "Booked"),
    ("blocked", "Waits for You"),
    ("failed", "Failed, Tried Again"),
    ("ignored", "Ignored"),
]
REASONS = [
    ("unknown_supplier", "Unknown supplier"),
    ("ambiguous_supplier", "More than one supplier fits"),
    ("unmapped_tax", "VAT rate without a tax"),
    ("tax_mismatch", "VAT does not fit the amounts"),
    ("total_mismatch", "Totals do not add up"),
    ("inactive_currency", "Inactive currency"),
    ("duplicate_bill", "Bill is there already"),
    ("closed_period", "Closed period"),
    ("unmapped_establishment", "Establishment without a company"),
    ("invalid_document", "Unreadable document"),
    ("not_approved", "Not approved in Lucca"),
]
FILES_STATES = [
    ("none", "No Files"),
    ("pending", "To Fetch"),
    ("done", "Attached"),
    ("failed", "Failed, Tried Again"),
]
