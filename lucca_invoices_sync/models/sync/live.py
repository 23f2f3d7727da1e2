"""Makes the open screens of a connection's documents reload.

A message goes over Odoo's bus to the channels of the connection's company and of the companies of
its establishments. It has no data: each browser reads again with the rights of its user. There is
no polling. Without the bus, Odoo's own screens are not live either; a browser that reaches it again
reloads at once.
"""

CHANGED = "lucca_invoices_sync/changed"
#: The part of a company's channel for the users who may see documents of Lucca.
CHANNEL = "lucca_invoices_sync"


def reload_screens(connection, is_at_work=False):
    """Notify the companies in which a connection creates bills, once the transaction is committed.

    :param is_at_work: whether more will change soon, so that screens that take long to read should wait
    """
    payload = {"is_at_work": True} if is_at_work else {}
    for company in connection.env["lucca.mapping"]._companies_of(connection):
        connection.env["bus.bus"]._sendone((company, CHANNEL), CHANGED, payload)
