"""A mapping keeps all that Lucca knows of its supplier, not only its identity."""

from odoo.tools.sql import column_exists, rename_column


def migrate(cr, version):
    if column_exists(cr, "lucca_mapping", "identity"):
        rename_column(cr, "lucca_mapping", "identity", "supplier_data")
