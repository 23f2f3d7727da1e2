"""From a document to the plan of its bill: amounts, recovery, supplier signs, electronic invoices."""
