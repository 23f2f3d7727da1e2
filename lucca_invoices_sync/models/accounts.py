"""The accounts that a line of a bill may have."""

#: The types of accounts that Odoo accepts on no line of a bill.
NOT_ON_LINES = ("asset_receivable", "liability_payable", "off_balance")
#: The domain of the accounts that people may choose for a line.
ON_LINES = [("account_type", "not in", NOT_ON_LINES)]
