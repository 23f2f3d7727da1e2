from .models.connection import secret


def uninstall_hook(env):
    """Leave no key behind: the table belongs to no model, and Odoo would not drop it."""
    secret.drop_table(env.cr)
