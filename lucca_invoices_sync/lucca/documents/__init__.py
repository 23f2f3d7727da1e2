"""Lucca's JSON as typed objects, and what changed between two of them."""
