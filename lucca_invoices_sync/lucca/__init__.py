"""Lucca Invoices in plain Python: HTTP, JSON and arithmetic, without Odoo."""
