"""Run in Odoo's shell after the upgrade: synchronise, with an audit."""

# pylint: disable=undefined-variable
connection = env["lucca.connection"].search([])
connection.last_audit_at = False
env.cr.commit()
assert connection._sync(), connection.last_error
print("READY")
