"""The whole REST API under generated requests: never a 5xx, every answer as documented, nothing strange kept."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from banjie.tickets.models import Event, Ticket
from tests.pos import Pos
from tests.rest.client import Rest
from tests.rest.described import ACT, ACTIONS, CHECKS, OPERATIONS, documented, right_request, secret_of
from tests.tickets.observing import disagreements, everything

FORM = ("source", "urgency", "terminal_no", "merchant_no", "barcode", "address", "contact", "phone", "problem")
STRANGE = {
    "nul": "a\0b",
    "controls": "".join(map(chr, range(1, 32))),
    "bidi": "\u202e\u200f\u200b\ufeff",
    "lone-surrogate": "\\ud800",
    "quotes": "'\"\\;--%s%(x)s{0}${jndi}",
    "markup": "<script>alert(1)</script>{{7*7}}",
    "formula": '=HYPERLINK("http://localhost/x")',
    "astral": "𠮷😀" * 10,
    "long": "长" * 100_000,
}


_letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
_values = st.recursive(
    st.none()
    | st.booleans()
    | _numbers
    | _letters
    | st.sampled_from(["是", "bank", "satisfied", "2024-06-04 15:00", "0001-01-01T00:00+23:59"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_letters, inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_generated_request_breaks_the_api(answering: Pos, method: str, path: str) -> None:
    """By several roles: as generated, with names of things that are there, and right but for one entry. Each from the same beginning."""
    pos = answering
    right = {action: right_request(pos, method, path, action) for action in (ACTIONS if path == ACT else ["urge"])}
    secrets = {who: secret_of(pos, who) for who in ("li", "wang_sup", "chen_hn", "zhao", "gu_gz", "auditor")}

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
    @given(
        case=documented()[path][method].as_strategy(),
        who=st.sampled_from(sorted(secrets)),
        kind=st.sampled_from(["generated", "named", "nearly right", "nearly right"]),
        action=st.sampled_from(sorted(right)),
        slip=st.tuples(st.integers(0, 20), _values),
    )
    def send(case: Any, who: str, kind: str, action: str, slip: tuple[int, Any]) -> None:
        parts = right[action]
        if kind != "generated":
            case.path_parameters = parts.get("path_parameters", {})
        if kind == "nearly right":
            case.query = parts.get("query", {}) | (case.query if slip[0] % 3 == 0 else {})
            case.body = parts.get("body", case.body)
            if form := parts.get("body", {}).get("fields"):
                case.body = {**case.body, "fields": {**form, sorted(form)[slip[0] % len(form)]: slip[1]}}
        with transaction.atomic():
            answer = case.call_and_validate(headers={"Authorization": f"Bearer {secrets[who]}"}, checks=CHECKS)
            assert method == "GET" or answer.status_code >= 300 or disagreements() == []
            transaction.set_rollback(True)

    send()


@pytest.mark.slow
def test_any_json_in_any_field_of_any_action_is_refused_or_kept(pos: Pos) -> None:
    number = pos.dispatched()
    clients = [Rest(p) for p in (pos.cast.li, pos.cast.chen_hn, pos.cast.zhao)]
    names = st.sampled_from(sorted(pos.program.book.fields))
    actions = st.sampled_from(sorted(pos.program.types["device_fault"].actions))

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(client=st.sampled_from(clients), action=actions, fields=st.dictionaries(names, _values, max_size=6))
    def send(client: Rest, action: str, fields: dict[str, Any]) -> None:
        opened, _body = client.open("consumables", {k: v for k, v in fields.items() if k in FORM})
        acted, _body = client.act(number, action, fields)
        assert {opened, acted} <= {200, 201, 403, 404, 409, 422}

    send()
    assert disagreements() == []


@pytest.mark.parametrize("kind", STRANGE)
def test_strange_text_anywhere_is_refused_or_kept_as_text(pos: Pos, kind: str) -> None:
    number = pos.dispatched()
    text = STRANGE[kind]
    li = Rest(pos.cast.li)

    answers = [li.open("device_fault", {name: text}) for name in pos.program.types["device_fault"].open_action.fields]
    answers += [li.open(text, {}), li.post("tickets", {"type": "question", "rulebook": text}), li.open("question", {text: text})]
    answers += [
        li.act(number, "comment", {"note": text}),
        li.act(number, "comment", {text: "x"}),
        li.post(f"tickets/{number}/actions/x", text),
    ]
    answers += [
        li.get("search", q=text),
        li.get("tickets", q=text),
        li.get("tickets", cursor=text),
        li.get("tickets", type=text, state=text),
    ]
    answers += [li.get("customers", q=text), li.get("findings", rulebook=text, first=text, last=text, clause=text, before_at=text)]

    assert {status for status, _body in answers} <= {200, 201, 422}
    assert all("detail" in body for status, body in answers if status == 422)
    assert not Ticket.objects.filter(fields__icontains="\\u0000").exists()
    assert disagreements() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 5_000, 400),
        (b'{"type": "question", "fields": {"contact": "\\ud800"}}', 400),
        (b'{"type": "question", "fields": {"contact": "\xff\xfe"}}', 400),
        (b'{"type": "question", "fields": {"contact": NaN}}', 400),
        (b'{"type": "question", "fields": null}', 422),
        (b'{"type": null}', 422),
        (b"[]", 422),
        (b"null", 422),
        (b'"x"', 422),
        (b'{"type": "question", "fields": {"contact": 1e400}}', 400),
        (b'{"type": "question", "fields": {"contact": [[[[[[]]]]]]}}', 422),
        (b'{"type": "question", "fields": {"phone": 123456789012345678901234567890}}', 422),
    ],
)
def test_a_body_that_is_no_request_is_refused_and_opens_nothing(pos: Pos, body: bytes, status: int) -> None:
    before = everything()
    client = Rest(pos.cast.li).client

    response = client.post("/api/v1/tickets", body, content_type="application/json")

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert everything() == before


@pytest.mark.parametrize(
    "key",
    [
        [],
        {},
        None,
        "x",
        [None],
        ["a", "b", "c"],
        [10**30, "2024-06-03T00:00:00+00:00", 10**30],
        [1, "0001-01-01T00:00:00+23:59", 1],
        [1, "9999-12-31T23:59:59-23:59", 1],
        [1, "2024-06-03T00:00:00", 1],
        [1.5, "2024-06-03", -1],
        [[1], {}, []],
        [1e308, 1e308, 1e308],
    ],
)
@pytest.mark.parametrize("order", ["queue", "newest"])
def test_a_forged_cursor_is_refused_or_harmless(pos: Pos, key: Any, order: str) -> None:
    pos.dispatched()
    cursor = base64.urlsafe_b64encode(orjson.dumps(str(key) if isinstance(key, list) and 10**30 in key else key)).decode()

    status, _body = Rest(pos.cast.li).get("tickets", cursor=cursor, order=order)

    assert status in (200, 422)


@pytest.mark.parametrize("raw", ["W10", "====", "中文", "WzFlOTk5XQ==", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDBd", "a" * 201])
def test_a_cursor_that_is_none_is_refused_or_harmless(pos: Pos, raw: str) -> None:
    pos.dispatched()

    assert Rest(pos.cast.li).get("tickets", cursor=raw, order="newest")[0] in (200, 422)


@pytest.mark.parametrize("number", ["GZ-240603-0000١", "gz-240603-00001", "x" * 33, "GZ-240603-" + "9" * 30, "%00", "..", "GZ-240603-1;--"])
def test_a_number_of_no_ticket_is_not_found(pos: Pos, number: str) -> None:
    client = Rest(pos.cast.li).client

    for path in (f"tickets/{number}", f"tickets/{number}/timeline"):
        assert client.get(f"/api/v1/{path}").status_code in (404, 422)
    assert client.post(f"/api/v1/tickets/{number}/actions/guide", b"{}", content_type="application/json").status_code in (404, 422)


def test_sorting_and_filtering_by_inner_names_is_not_possible(pos: Pos) -> None:
    """No key of a query reaches the database but those that are named."""
    number = pos.dispatched()
    li = Rest(pos.cast.li)
    plain = li.get("tickets")

    for key in ("sort", "assigned_to__password__startswith", "opened_by__password", "order_by", "id", "unit_id"):
        assert li.get("tickets", **{key: "id; drop table tickets_event"}) == plain
    assert li.get("tickets", order="id; drop table tickets_event")[0] == 422
    assert li.get("tickets", view="' or 1=1 --")[0] == 422
    assert Event.objects.filter(ticket__number=number).exists()


def test_every_operation_wants_a_token(pos: Pos) -> None:
    number = pos.dispatched()

    for method, path in OPERATIONS:
        response = Client().generic(method, path.replace("{number}", number).replace("{action}", "urge").replace("{customer_id}", "1"))
        assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json"), path
