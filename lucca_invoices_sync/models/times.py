"""Moments: aware UTC in the half without Odoo, naive UTC in Odoo's fields."""

from datetime import timezone


def to_naive_utc(moment):
    """Return an aware moment as Odoo stores it, False for None."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment else False


def to_aware(moment):
    """Return a moment of one of Odoo's fields as aware UTC; what is empty stays so."""
    return moment and moment.replace(tzinfo=timezone.utc)
