"""How fast, how lean and how wide: measured side by side with what Odoo and others do."""
