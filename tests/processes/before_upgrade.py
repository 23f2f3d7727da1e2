"""Run in Odoo's shell with version 19.0.1.0.0: leave unfinished work of each kind.

Control calls tell the simulated Lucca what to change, and which requests to fail.
"""

# pylint: disable=undefined-variable
import os

import requests

from tests.books import archive_twins

URL = os.environ["LUCCA_HOST"]


def lucca(call, **arguments):
    answer = requests.post(f"{URL}/simulator/{call}", json=arguments, timeout=10)
    answer.raise_for_status()


def find(number):
    return env["lucca.document"].search([("number", "=", number)])


def key(name):
    return {"type": "Invoice", "id": int(os.environ[f"ID_{name}"])}


def sync(**values):
    connection.write(values)
    connection._sync()
    # After a 429, Lucca gets no request for some time. The next synchronisation here must not wait.
    env.cr.execute("UPDATE lucca_budget SET blocked_until = 0")
    env.cr.commit()


def make(model, **values):
    return env[model].create(values)


archive_twins(env)
env["res.partner"].create(
    {"name": "Papeterie Moreau", "vat": "FR23334175221", "is_company": True, "supplier_rank": 1}
)
connection = env["lucca.connection"].create(
    {
        "host": URL,
        "api_key": "test-key",
        "start_date": "2020-01-01",
        "requests_per_minute": 0,
        "largest_file": 1,
        "supplier_policy": "match",
    }
)
env.cr.commit()
for name in ("FAILED", "DUE", "CHANGED"):
    lucca("fail", status=404, times=None, path=os.environ[f"FILE_{name}"])
sync()

# What people set: each kind of mapping has its target, by which the next bills are made.
plan = make("account.analytic.plan", name="Projects")
expenses = [("account_type", "=", "expense")]
targets = {
    "nature": {
        "account_id": env["account.account"].search(expenses, order="code desc", limit=1).id
    },
    "cost_center": {
        "analytic_account_id": make("account.analytic.account", name="Centre", plan_id=plan.id).id
    },
    "axis_section": {
        "analytic_account_id": make(
            "account.analytic.account",
            name="Section",
            plan_id=make("account.analytic.plan", name="Sections").id,
        ).id
    },
    "establishment": {"target_company_id": env.company.id},
}
mappings = env["lucca.mapping"].search([])
for kind, target in targets.items():
    mappings.filtered(lambda one, kind=kind: one.kind == kind).write(target)
mappings.filtered(lambda one: one.kind == "nature")[:1].is_goods = True
assert set(mappings.mapped("kind")) == {*targets, "supplier", "tax"}

env["ir.attachment"].search([("name", "=", "deleted by a person.pdf")]).unlink()
find("ignored").action_ignore()
find("large").move_id.ref = "by hand"
lucca("withdraw", **key("WITHDRAWN"))
lucca("withdraw", **key("RELEASED"))
lucca("change", **key("CHANGED"), dueDate="2026-03-31T00:00:00")
sync(last_audit_at=False)

lucca("approve", **key("PENDING"))
lucca("fail", status=429, retry_after=300, path=os.environ["FILE_PENDING"])
sync()

lucca("behave", most_items=4)
lucca("fail", status=429, retry_after=300, where={"page": 2})
sync(last_audit_at=False, resume_step=False)
assert "place" in connection.listing, "the listing is interrupted"
connection.cron_id.write({"interval_number": 17, "name": "Called so by a person"})
connection.write({"audit_days": 5, "tax_tolerance": 0.03})
env["ir.config_parameter"].set_param("lucca_invoices_sync.extra_hosts", "lucca.example.com")
connection.message_post(body="A word of a person")
make("lucca.connection", host="archived.ilucca.net", start_date="2021-01-01", active=False)
find("stuck").write(
    {
        "state": "failed",
        "reason": False,
        "message": "Lucca is down",
        "attempts": 3,
        "next_try_at": "2126-01-01 00:00:00",
    }
)
find("waiting").write({"accepted_reason": "total_mismatch"})
find("failed").next_try_at = "2126-01-01 00:00:00"
find("due").next_try_at = "2026-01-01 00:00:00"
find("released")._try_again()  # A mapping does the same.
env["lucca.sync.run"].create({"connection_id": connection.id})  # Its process was killed.
env.cr.commit()
print("READY")
