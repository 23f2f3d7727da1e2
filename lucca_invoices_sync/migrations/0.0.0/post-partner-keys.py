"""Compute the partners' keys again, by which suppliers are recognised.

Each version may read names and numbers by other rules, and so may another version of python-stdnum. Odoo runs the
scripts of the folder 0.0.0 at each upgrade.
"""

from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env
from odoo.tools import split_every

#: How many partners are read at once.
BATCH = 1000


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr, active_test=False)
    partners = env["res.partner"]
    for batch in split_every(BATCH, partners.search([], order="id").ids, partners.browse):
        batch._lucca_renew_keys()
        env.flush_all()
        env.invalidate_all()  # frees the memory of this batch
