"""Run in Odoo's shell: synchronise, and print what the bills say."""

# pylint: disable=undefined-variable
import json

from tests.processes.neighbour_bills import describe_bills

connection = env["lucca.connection"].search([])
assert connection._sync(), connection.last_error
print(json.dumps({"bills": describe_bills(env)}))
print("READY")
