"""How many bills are tried at once after several were refused together, and it is not known which is at fault."""

#: Fewer, and at last each alone. If another addon refuses all of 200, halves would do the work for each bill eight
#: times, and these steps do it three times at most.
SMALLER = (20, 1)


def smaller_than(number):
    """Return how many to try at once instead of a number, which is at least 2."""
    return next(size for size in SMALLER if size < number)
