"""Run in Odoo's shell: what becomes of a document with the examples of docs/integrators.md."""

# pylint: disable=undefined-variable
import json

connection, *others = env["lucca.connection"].search([], order="id")
env["lucca.connection"].union(*others).active = False
connection._sync()
document = env["lucca.document"].search([("connection_id", "=", connection.id)])
waiting = document.reason
department = document._mapping("department")
plan = env["account.analytic.plan"].create({"name": "Departments"})
department.analytic_account_id = env["account.analytic.account"].create(
    {"name": department.name, "plan_id": plan.id, "company_id": connection.company_id.id}
)
env.cr.commit()
connection._sync()
bill = document.move_id
seen = {
    "waiting": waiting,
    "purchase": bill.acme_purchase,
    "supplier": bill.partner_id.ref,
    "accounts": bill.invoice_line_ids.distribution_analytic_account_ids.mapped("name"),
    "paid": bill.acme_paid_in_lucca,
}
print(json.dumps(seen))
print("READY")
