"""Run in Odoo's shell: map two analytic plans, synchronise, and print the bills and the buttons.

Where Odoo has purchase orders, one fits an invoice. Where it has approvals, bills need one from then on.
"""

# pylint: disable=undefined-variable
import json
import os

from tests.processes.neighbour_account import FRENCH, ORDER, PLACES
from tests.processes.neighbour_bills import describe_bills, describe_buttons

connection, other = env["lucca.connection"].search([], order="id")
other.active = False
connection.write({"host": os.environ["LUCCA_HOST"], "auto_post": True})
connection.api_key = "test-key"
supplier = env["res.partner"].create({**FRENCH, "is_company": True, "supplier_rank": 1})
for kind, reference in PLACES.items():
    plan = env["account.analytic.plan"].create({"name": kind})
    analytic = env["account.analytic.account"].create({"name": kind, "plan_id": plan.id})
    env["lucca.mapping"].create(
        {
            "connection_id": connection.id,
            "kind": kind,
            "lucca_id": reference["id"],
            "name": reference["name"],
            "analytic_account_id": analytic.id,
        }
    )
if "purchase.order" in env:
    product = env["product.product"].create({"name": "Paper", "type": "service"})
    line = {"product_id": product.id, "product_qty": 1, "price_unit": 40}
    values = {"name": ORDER, "partner_id": supplier.id, "order_line": [(0, 0, line)]}
    env["purchase.order"].create(values).button_confirm()
env.cr.commit()
assert connection._sync(), connection.last_error
print(json.dumps({"bills": describe_bills(env), "buttons": describe_buttons(env)}))
if "tier.definition" in env:
    env["tier.definition"].create(
        {
            "model_id": env["ir.model"]._get("account.move").id,
            "definition_domain": "[('move_type', '=', 'in_invoice')]",
            "review_type": "individual",
            "reviewer_id": env.ref("base.user_admin").id,
        }
    )
    env.cr.commit()
print("READY")
