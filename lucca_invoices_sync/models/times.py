"""Moments: aware UTC in the half without Odoo, naive UTC in Odoo's fields."""

from datetime import timedelta, timezone

#: What failed is tried again after 5 minutes, then after twice as long each time.
FIRST_RETRY = timedelta(minutes=5)
LAST_RETRY = timedelta(hours=24)


def to_naive_utc(moment):
    """Return an aware moment as Odoo stores it, False for None."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment else False


def to_aware(moment):
    """Return a moment of one of Odoo's fields as aware UTC; what is empty stays so."""
    return moment and moment.replace(tzinfo=timezone.utc)


def pause_before_retry(attempts):
    """Return how long to wait before what failed so often, and now once more, is tried again."""
    return min(FIRST_RETRY * 2 ** min(attempts, 10), LAST_RETRY)
