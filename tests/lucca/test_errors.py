"""Errors of the pure half say in one sentence what went wrong."""

import pytest
from lucca.api import errors
from lucca.errors import LuccaError


def kinds(base):
    return [base, *(kind for sub in base.__subclasses__() for kind in kinds(sub))]


# MustWait always says how long.
KINDS = [kind for kind in kinds(LuccaError) if kind is not errors.MustWait]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_without_a_message_has_the_usual_one_of_its_kind(kind):
    message = str(kind())
    assert message == kind.usual_message
    assert message != kind.__doc__
    assert "\n" not in message
    assert "`" not in message


def test_a_message_that_is_given_is_the_message():
    assert str(errors.TooLarge("The file has 2 GB", limit=1)) == "The file has 2 GB"
