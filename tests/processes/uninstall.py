"""Run in Odoo's shell: uninstall the modules that the variable ``MODULES`` names, else the addon."""

# pylint: disable=undefined-variable
import os

names = os.environ.get("MODULES", "lucca_invoices_sync").split(",")
env["ir.module.module"].search([("name", "in", names)]).button_immediate_uninstall()
print("READY")
