"""The REST door of customers and figures."""

from __future__ import annotations

from banjie.deadlines.sweep import sweep
from tests.pos import DETAILS, Pos
from tests.rest.client import Rest

JUNE = {"rulebook": "pos-terminal-service", "first": "2024-06-01", "last": "2024-06-30"}


def test_a_customer_is_found_by_a_terminal_and_only_where_the_caller_may_look(pos: Pos) -> None:
    status, found = Rest(pos.cast.li).get("customers", q="T-88001")

    assert (status, [c["customer_name"] for c in found["customers"]]) == (200, ["老王火锅"])
    customer = found["customers"][0]["customer_id"]
    assert Rest(pos.cast.chen_hn).get(f"customers/{customer}")[1]["assets"][0]["keys"][0]["value"] == "T-88001"
    assert Rest(pos.cast.gu_gz).get("customers", q="T-88001")[1]["customers"] == []
    assert Rest(pos.cast.gu_gz).get(f"customers/{customer}")[0] == 404


def test_a_broken_limit_is_counted_and_listed_with_its_evidence_within_the_callers_units(pos: Pos) -> None:
    number = pos.open("device_fault", {**DETAILS, "merchant_no": "M-7002"}).number
    sweep(pos.pass_time(minutes=13))
    wang, boss = Rest(pos.cast.wang_sup), Rest(pos.cast.boss_hn)

    clauses = {c["clause"]: c for c in wang.get("clauses", **JUNE)[1]}
    findings = wang.get("findings", clause="五.3", rule="dispatched", **JUNE)[1]["findings"]
    figures = wang.get("statistics", **JUNE)[1]

    assert (clauses["五.3"]["broken"], clauses["五.3"]["rate"]) == (2, 0.0)
    assert [(f["ticket"], f["limit"]) for f in findings] == [(number, "10m")]
    assert figures["opened"]["total"] == 1
    assert next(i for i in figures["indicators"] if i["name"] == "dispatch_timeliness")["denominator"] == 1
    assert boss.get("findings", clause="五.3", **JUNE)[1]["findings"] == []
    assert Rest(pos.cast.zhao).get("statistics", **JUNE)[0] == 403


def test_a_period_in_the_wrong_order_or_of_ten_years_is_refused(pos: Pos) -> None:
    wang = Rest(pos.cast.wang_sup)

    assert wang.get("statistics", **{**JUNE, "last": "2024-05-01"})[0] == 422
    assert wang.get("clauses", **{**JUNE, "last": "2034-05-01"})[0] == 422
    assert wang.get("findings", clause="五.3", before_at="soon", before_id=3, **JUNE)[1]["errors"][0]["field"] == "before_at"
