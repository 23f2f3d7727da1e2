"""Run in Odoo's shell: post the bill of the order, and print it with what the screens of bills have of us."""

# pylint: disable=undefined-variable
import json

from tests.processes.neighbour_account import ORDER

order = env["purchase.order"].search([("name", "=", ORDER)])
order.order_line.qty_received = 1
order.action_create_invoice()
order.invoice_ids.write({"invoice_date": "2026-01-20", "ref": "OURS"})
order.invoice_ids.action_post()
views = ("form", "list", "kanban", "search")
archs = [env["account.move"].get_view(view_type=kind)["arch"] for kind in views]
env.cr.commit()
print(
    json.dumps(
        {
            "bills": order.invoice_ids.mapped("state"),
            "total": sum(order.invoice_ids.mapped("amount_untaxed")),
            "ours": [arch for arch in archs if "lucca" in arch],
        }
    )
)
print("READY")
