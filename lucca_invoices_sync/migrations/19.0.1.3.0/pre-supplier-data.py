"""Rename a mapping's column, which now has all data of a supplier instead of its identity only."""

from odoo.tools.sql import column_exists, rename_column


def migrate(cr, version):
    if column_exists(cr, "lucca_mapping", "identity"):
        rename_column(cr, "lucca_mapping", "identity", "supplier_data")
