"""Run in Odoo's shell: synchronise all connections, each with an audit."""

# pylint: disable=undefined-variable
for connection in env["lucca.connection"].search([]):
    connection.last_audit_at = False
    env.cr.commit()
    assert connection._sync(), connection.last_error
print("READY")
