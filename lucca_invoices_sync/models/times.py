"""Moments: aware UTC in the pure half (``lucca/``), naive UTC in Odoo's fields."""

from datetime import timedelta, timezone

#: The pause before the second try. It doubles after each failure, up to ``LAST_RETRY``.
FIRST_RETRY = timedelta(minutes=5)
LAST_RETRY = timedelta(hours=24)
#: What failed this many times in a row, in about two and a half hours, needs attention.
FAILURES_TO_TELL = 6


def to_naive_utc(moment):
    """Return an aware moment as Odoo stores it; False for None."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment else False


def to_aware(moment):
    """Return a moment of an Odoo field as aware UTC; an empty one stays as it is."""
    return moment and moment.replace(tzinfo=timezone.utc)


def pause_before_retry(attempts):
    """Return the pause after a failure.

    :param attempts: how often it had failed before
    """
    return min(FIRST_RETRY * 2 ** min(attempts, 10), LAST_RETRY)
