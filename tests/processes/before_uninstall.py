"""Run in Odoo's shell: use the addon in all ways that leave something in the database, then uninstall it."""

# pylint: disable=undefined-variable
import os

from odoo import Command

from tests.books import archive_twins

BILLS = "account.move"
DOCUMENTS = "lucca.document"


def bill_of(number):
    return env["lucca.document"].search([("number", "=", number)]).move_id


def make(model, **values):
    return env[model].create(values)


archive_twins(env)
typed = env[BILLS].create(
    {
        "move_type": "in_invoice",
        "ref": "Facture 2026/118",
        "invoice_date": "2026-01-15",
        "invoice_line_ids": [Command.create({"name": "By hand", "price_unit": 120, "tax_ids": []})],
    }
)
connection = make(
    "lucca.connection",
    host=os.environ["LUCCA_HOST"],
    api_key="test-key",
    start_date="2020-01-01",
    requests_per_minute=0,
)
env.cr.commit()
assert connection._sync(), connection.last_error

# What people do with bills and documents.
documents = env[DOCUMENTS].search([])
documents.filtered(lambda one: one.number == "2026-118").action_link_bill(typed.id)
env.cr.commit()
assert connection._sync(), connection.last_error  # the file of that bill comes
bill_of("POSTED").action_post()
bill_of("CANCELLED").button_cancel()
bill_of("EDITED").invoice_line_ids[0].price_unit += 10
bill_of("ASKED").activity_schedule(
    "lucca_invoices_sync.mail_activity_type_attention", summary="Look at this bill"
)

# What people make on screens, of our models and with our fields.
model = env["ir.model"]._get(DOCUMENTS)
for resource, path in ((DOCUMENTS, "number"), (BILLS, "lucca_document_id")):
    make(
        "ir.filters", name="Lucca favourite", model_id=resource, domain=f"[('{path}', '!=', False)]"
    )
    lines = [Command.create({"name": "name"}), Command.create({"name": path})]
    make("ir.exports", name="Columns", resource=resource, export_fields=lines)
make(
    "ir.filters", name="Lucca groups", model_id=BILLS, context="{'group_by': ['lucca_files_state']}"
)
make("ir.filters", name="Another favourite", model_id=BILLS, domain="[('ref', '!=', False)]")
make("ir.actions.server", name="Lucca action", model_id=model.id, state="code", code="pass")
make("ir.actions.act_window", name="Lucca window", res_model=DOCUMENTS)
make("ir.rule", name="Lucca rule", model_id=model.id, domain_force="[(1, '=', 1)]")
make("mail.template", name="Lucca template", model_id=model.id, body_html="<p>Lucca</p>")
make("ir.attachment", name="lucca.txt", res_model=DOCUMENTS, res_id=documents[0].id, raw=b"Lucca")
env["ir.default"].set(DOCUMENTS, "state", "pending")
env["ir.default"].set(BILLS, "ref", "usual")
connection.message_post(body="Lucca: a word of a person")
connection.message_subscribe(env.user.partner_id.ids)
connection.activity_schedule("mail.mail_activity_data_todo", summary="Lucca: call them")
env["res.config.settings"].create({"lucca_host": connection.host, "lucca_api_key": "test-key"})
parameters = env["ir.config_parameter"]
parameters.set_param("lucca_invoices_sync.extra_hosts", "lucca.example.com")
parameters.set_param("lucca_invoices_sync.decision_years", "12")
documents.export_data(["id", "number"])
env.cr.commit()

env["ir.module.module"].search([("name", "=", "lucca_invoices_sync")]).button_immediate_uninstall()
print("READY")
