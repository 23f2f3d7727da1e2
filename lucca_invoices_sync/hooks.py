from .models.connection import secret


def uninstall_hook(env):
    """Drop the table of the keys, which belongs to no model, so that Odoo would leave it."""
    secret.drop_table(env.cr)
