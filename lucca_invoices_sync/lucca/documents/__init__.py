"""Lucca's JSON as typed objects, and the changes between two of them."""
