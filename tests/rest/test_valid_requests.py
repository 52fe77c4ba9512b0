"""Every REST operation with requests that are right, by everybody: it does what it documents for who may, and refuses who may not."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from banjie.tickets.possible import possible_actions
from banjie.tickets.snapshot import load
from tests.pos import Pos
from tests.rest.described import ACT, ACTIONS, CHECKS, OPERATIONS, documented, filled, right_request, secret_of, ticket_in
from tests.tickets.observing import disagreements, everything

PEOPLE = ("li", "wang_sup", "chen_hn", "boss_hn", "zhao", "liu_hn", "gu_gz", "admin", "auditor", "mallory")

DONE_BY = {"/api/v1/waivers/{waiver_id}/decision": "admin"}  # for Li has asked
OWN = {"/api/v1/delegations", "/api/v1/uploads"}  # everybody's own affair


def send(method: str, path: str, secret: str, **parts: Any) -> int:
    """Send a request, hold its answer against the documentation, return its status."""
    case = documented()[path][method].Case(**parts)
    return int(case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=CHECKS).status_code)


def test_every_action_of_the_regulation_is_tried(pos: Pos) -> None:
    actions = {name for kind in pos.program.types.values() for name, rule in kind.actions.items() if not rule.verb.opens}

    assert set(ACTIONS) == actions


@pytest.mark.req("PLT-09")
@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_is_done_for_who_is_offered_it_and_for_nobody_else(answering: Pos, action: str) -> None:
    pos = answering
    state, form = ACTIONS[action]
    number = ticket_in(pos, state)
    ticket = load(number, lock=False)
    pos.pass_time(minutes=1)

    done = {}
    for who in PEOPLE:
        actor = getattr(pos.cast, who).actor
        before = everything()
        with transaction.atomic():
            body = {"version": ticket.version, "fields": filled(pos, form)}
            status = send("POST", ACT, secret_of(pos, who), path_parameters={"number": number, "action": action}, body=body)
            offered = status != 404 and action in {a.name for a in possible_actions(actor, pos.program, ticket, "en")}
            assert status == 200 if offered else status in (403, 404), who
            assert (everything() == before) == (status != 200)
            assert disagreements() == []
            transaction.set_rollback(True)
        done[who] = status == 200

    assert any(done.values())
    assert not done["mallory"]
    assert not done["gu_gz"]
    assert not done["auditor"]
    body = {"fields": filled(pos, form)}
    reader = secret_of(pos, next(who for who in PEOPLE if done[who]), "read")
    assert send("POST", ACT, reader, path_parameters={"number": number, "action": action}, body=body) == 403


@pytest.mark.parametrize(("method", "path"), [operation for operation in OPERATIONS if operation[1] != ACT])
def test_each_operation_answers_a_right_request_as_documented(answering: Pos, method: str, path: str) -> None:
    pos = answering
    parts = right_request(pos, method, path)

    statuses = {}
    for who in PEOPLE:
        before = everything()
        with transaction.atomic():
            statuses[who] = send(method, path, secret_of(pos, who), **parts)
            assert (everything() != before) == (method != "GET" and statuses[who] < 300), who
            transaction.set_rollback(True)

    assert statuses[DONE_BY.get(path, "li")] in (200, 201)
    assert set(statuses.values()) <= {200, 201, 403, 404}
    if ("{" in path or method == "POST") and path not in OWN:
        assert statuses["mallory"] in (403, 404)
        assert statuses["gu_gz"] in (403, 404)
