"""Run in Odoo's shell: have one bill approved and post it, ask for another's approval, and synchronise.

It prints what the bills say then, and when the approval was restarted. An audit finds what changed in Lucca meanwhile.
"""

# pylint: disable=undefined-variable
import json

from tests.processes.neighbour_account import LATER
from tests.processes.neighbour_bills import describe_bills

documents = env["lucca.document"].search([("number", "in", LATER[:2])], order="number")
posted, asked = documents.move_id.with_user(env.ref("base.user_admin"))
posted.request_validation()
posted.invalidate_recordset()
posted.validate_tier()
posted.action_post()
asked.request_validation()
connection = env["lucca.connection"].search([])
connection.last_audit_at = False
env.cr.commit()
assert connection._sync(), connection.last_error
reviewed = describe_bills(env)
asked.restart_validation()
documents[1].with_user(asked.env.user).action_retry()
env.cr.commit()
assert connection._sync(), connection.last_error
print(json.dumps({"reviewed": reviewed, "restarted": describe_bills(env)}))
print("READY")
