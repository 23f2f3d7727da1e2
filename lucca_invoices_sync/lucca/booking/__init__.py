"""What becomes of a document: amounts, recovery, supplier signs, electronic invoices."""
