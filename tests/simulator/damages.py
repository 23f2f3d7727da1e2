"""Damages to a good answer on its way, or answers of others in its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .messages import Answer, Call, html_answer, json_answer

# The path on another host to which the damage "elsewhere" redirects.
ELSEWHERE = "/elsewhere"
Damage = Callable[[Answer, Call], Answer]


def elsewhere(call: Call) -> Answer:
    """Return what another host answers: an empty list, or a page in place of a file."""
    return html_answer() if "/display" in call.path else json_answer({"items": []})


def _redirected(answer: Answer, call: Call) -> Answer:
    return Answer(302, headers={"Location": f"{call.other_url}{ELSEWHERE}{call.path}"})


def _without_id(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name != "id"}


def _with_other_id(thing: dict[str, Any]) -> dict[str, Any]:
    """Replace the id by the next number, or by another text."""
    number = thing["id"]
    return thing | {"id": number + 1 if isinstance(number, int) else f"{number}-other"}


def _of_one_thing(change: Callable[[dict[str, Any]], Any]) -> Damage:
    """Change a JSON object that has an id. Lists, their items, rates and files stay as they are."""

    def damage(answer: Answer, call: Call) -> Answer:
        try:
            thing = json.loads(answer.body)
        except ValueError:
            return answer
        is_one = isinstance(thing, dict) and "id" in thing
        return json_answer(change(thing)) if is_one else answer

    return damage


DAMAGES: dict[str, Damage] = {
    # Damages to the connection or the bytes.
    "dropped": lambda answer, call: replace(answer, dropped=True),
    "truncated": lambda answer, call: replace(answer, cut=True),
    "endless": lambda answer, call: replace(answer, endless=True),
    "shortened": lambda answer, call: replace(answer, body=answer.first_half),
    "garbled": lambda answer, call: replace(answer, body=answer.body.replace(b":", b"=", 1)),
    "empty": lambda answer, call: replace(answer, body=b""),
    # Other content than what was asked for, with a good status.
    "html": lambda answer, call: html_answer(),
    "json": lambda answer, call: json_answer({"status": "ok"}),
    "text": lambda answer, call: Answer(body=b"OK", content_type="text/plain"),
    "no_id": _of_one_thing(_without_id),
    "other_id": _of_one_thing(_with_other_id),
    "elsewhere": _redirected,
}
