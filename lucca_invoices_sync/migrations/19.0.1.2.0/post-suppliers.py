"""Compute the name keys of partners again, since this version knows more legal forms."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    partners = api.Environment(cr, SUPERUSER_ID, {})["res.partner"]
    companies = partners.with_context(active_test=False).search([("is_company", "=", True)])
    partners.env.add_to_compute(partners._fields["lucca_name_key"], companies)
    companies.flush_recordset(["lucca_name_key"])
