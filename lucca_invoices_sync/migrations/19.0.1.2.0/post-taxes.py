"""Write that natures buy goods, and that a person chose the tax of a VAT rate."""

from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env


def migrate(cr, version):
    env = upgrade_env(cr)
    env.cr.execute("UPDATE lucca_mapping SET tax_scope = 'consu' WHERE is_goods IS TRUE")
    # Synchronisations write as the superuser (1). The choice of a person is never replaced.
    env.cr.execute(
        """
        UPDATE lucca_mapping SET found_by = 'person'
         WHERE kind = 'tax' AND tax_id IS NOT NULL AND found_by IS NULL AND write_uid <> 1
        """
    )
