"""Have the screens of those who may see a connection's documents read anew what they show.

Odoo's bus carries the message, to the channels of companies: the connection's, and those that its
establishments belong to. The message holds nothing but "look again": each browser then reads by
the rights of its user. There is no polling beside it: where the bus is out of reach, Odoo's own
screens are not live either, and a browser that reaches it again looks at once.
"""

CHANGED = "lucca_invoices_sync/changed"
#: The part of a company's channel that is for whoever sees documents of Lucca.
CHANNEL = "lucca_invoices_sync"


def look_again(connection):
    """Tell the companies that a connection brings bills to, when the transaction is committed."""
    mine = [("connection_id", "=", connection.id), ("kind", "=", "establishment")]
    establishments = connection.env["lucca.mapping"].search(mine)
    companies = connection.company_id.union(*(one._target_company() for one in establishments))
    for company in companies:
        connection.env["bus.bus"]._sendone((company, CHANNEL), CHANGED, {})
