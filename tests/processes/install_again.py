"""Run in Odoo's shell: install the addon, connect to the account as the settings screen does, then book.

It prints how many documents have a bill after the first listing, before any was booked.
"""

# pylint: disable=undefined-variable
import os
import sys

env["ir.module.module"].search([("name", "=", "lucca_invoices_sync")]).button_immediate_install()
place = sys.modules["odoo.addons.lucca_invoices_sync"].__file__
assert place.startswith(os.environ["PLACE"]), place
connection = env["lucca.connection"].create(
    {
        "host": os.environ["LUCCA_HOST"],
        "api_key": "test-key",
        "start_date": "2020-01-01",
        "requests_per_minute": 0,
        "is_booking": False,
    }
)
env.cr.commit()
assert connection._sync(), connection.last_error
print(env["lucca.document"].search_count([("state", "=", "imported")]))
connection.is_booking = True
env.cr.commit()
assert connection._sync(), connection.last_error
print("READY")
