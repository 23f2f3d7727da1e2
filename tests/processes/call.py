"""Run in Odoo's shell: make every connection call Lucca, in every possible way."""

# pylint: disable=undefined-variable
from odoo.exceptions import UserError

for connection in env["lucca.connection"].with_context(active_test=False).search([]):
    for call in (
        connection._sync,
        connection.action_sync_now,
        connection.cron_id.method_direct_trigger,
        connection.action_test_connection,
    ):
        try:
            call()
        except UserError as error:
            print("REFUSED", error)
env.cr.commit()
print("READY")
