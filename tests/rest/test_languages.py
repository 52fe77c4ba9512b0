"""Choices in the reader's language: forms, refusals, the timeline; both names are understood."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.pos import DETAILS, GUIDED, Pos
from tests.rest.client import Rest


def english(pos: Pos) -> Rest:
    """Return Li's client, asking for English."""
    li = Rest(pos.cast.li)
    li.client = Client(headers={"Authorization": li.client.defaults["HTTP_AUTHORIZATION"], "Accept-Language": "en"})
    return li


def choices_of(fields: list[dict[str, Any]], name: str) -> dict[str, str]:
    return dict(next(field["choices"] for field in fields if field["name"] == name))


def test_a_form_offers_its_choices_in_the_language_asked_for(pos: Pos) -> None:
    for li, words in ((Rest(pos.cast.li), ["紧急", "一般"]), (english(pos), ["Urgent", "Normal"])):
        form = next(kind["form"] for kind in li.get("types")[1] if kind["type"] == "device_fault")

        assert choices_of(form, "urgency") == dict(zip(("urgent", "normal"), words, strict=True))


@pytest.mark.parametrize("word", ["urgent", "紧急", "Urgent"])
def test_a_choice_is_understood_by_its_key_and_by_both_names(pos: Pos, word: str) -> None:
    number = Rest(pos.cast.li).open("device_fault", {**DETAILS, "urgency": word})[1]["number"]

    assert pos.ticket(number).priority == "urgent"


def test_the_timeline_tells_choices_in_the_language_asked_for(pos: Pos) -> None:
    number = Rest(pos.cast.li).open("device_fault", DETAILS)[1]["number"]
    Rest(pos.cast.li).act(number, "guide", GUIDED)

    chinese, other = (li.get(f"tickets/{number}")[1]["history"][0]["details"] for li in (Rest(pos.cast.li), english(pos)))

    assert ["指导结果", "未解决"] in chinese
    assert ["Guidance result", "Not solved"] in other


def test_a_refusal_names_field_and_choices_in_the_language_asked_for(pos: Pos) -> None:
    _status, problem = english(pos).open("device_fault", {"source": "bank", "urgency": "at once"})

    assert problem["errors"] == [{"field": "urgency", "message": "Urgency: “at once” is not one of: Urgent, Normal."}]
