"""Leave out the documents without a bill from before “Documents Since”.

Earlier versions kept them when that day was moved, and created their bills.
"""

from datetime import date

from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr)
    for connection in env["lucca.connection"].with_context(active_test=False).search([]):
        connection = connection.with_context(lang=connection._language())
        told = connection._describe_move(date.min, connection.start_date)
        env["lucca.document"]._leave_out_older(connection)
        if told:
            connection._message_log(body=told)
