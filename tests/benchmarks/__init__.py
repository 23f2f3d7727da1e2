"""Speed, requests, memory and scaling of the addon, measured beside Odoo's own work and other importers."""
