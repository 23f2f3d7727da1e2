"""Run in Odoo's shell: uninstall the addon."""

# pylint: disable=undefined-variable
env["ir.module.module"].search([("name", "=", "lucca_invoices_sync")]).button_immediate_uninstall()
print("UNINSTALLED")
