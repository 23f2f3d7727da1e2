"""What the scripts in ``migrations/`` share."""

from odoo import SUPERUSER_ID, api


def upgrade_env(cr, **context):
    """Return an environment in which queries and records tell the same, for a script that runs after others.

    Scripts of one upgrade share their transaction. What an earlier one wrote to records may not be in the database
    yet, and what it read from them may have been changed by a query since.
    """
    env = api.Environment(cr, SUPERUSER_ID, context)
    env.invalidate_all()
    return env
