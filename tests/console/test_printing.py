"""Printed sheets: what stands on them, who gets them, and that Chinese can be read from the PDF."""

from __future__ import annotations

import re
import zlib

import pytest
from django.test import Client

from banjie.console.printing import Paper, Table, pdf_of
from tests.regulation import Regulation, install

BOOK = """\
rulebook: print-book
title: 打印办法
calendar: cn-24h
clauses:
  一: 签收后打印工单。
roles:
  agent: {title: 坐席}
  area: {title: 工区}
fields:
  user: {title: 用户, as: contact}
  phone: {title: 电话, kind: phone, as: phone}
  parts: {title: 配件, kind: rows, fields: {name: {title: 名称}, count: {title: 数量, kind: number}}}
  note: {title: 说明, kind: long_text}
types:
  fault: {title: 故障, process: work, start: sent, letter: GZ}
processes:
  work:
    title: 办理
    states:
      sent: {title: 待签收, stage: dispatch}
      signed: {title: 已签收, stage: handling}
      done: {title: 办结, stage: closing}
    actions:
      take: {title: 登记, verb: accept, by: agent, asks: [user, phone, parts]}
      sign: {title: 签收, verb: sign, by: area, from: sent, to: signed, asks: note, prints: 故障维修工单, clause: 一}
      finish: {title: 办结, verb: close, by: area, from: signed, to: done}
"""


@pytest.fixture
def law(db: None) -> Regulation:
    people = {"an": ("安坐席", "agent", "HQ"), "hu": ("胡喆", "area", "HQ"), "wai": ("外人", "area", "EAST")}
    return install(BOOK, people, {"EAST": ("东区", "东")})


def signed(law: Regulation) -> str:
    parts = [{"name": "光猫", "count": 1}, {"name": "尾纤", "count": 2}]
    number = law.open("fault", {"user": "王老板", "phone": "13800138000", "parts": parts}, by="an")
    law.do(number, "sign", {"note": "带梯子"}, by="hu")
    return number


def glyphs(pdf: bytes) -> str:
    """Return the text of a PDF of ours, through the maps from glyphs to characters that it carries."""
    streams = []
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            streams.append(zlib.decompress(raw))
        except zlib.error:
            streams.append(raw)
    table: dict[str, str] = {}
    for stream in streams:
        if b"beginbfchar" in stream:
            for code, char in re.findall(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4,8})>", stream):
                table[code.decode().upper()] = bytes.fromhex(char.decode()).decode("utf-16-be")
    text = ""
    for stream in streams:
        for shown in re.findall(rb"\((.*?)(?<!\\)\)\s*Tj|\[(.*?)\]\s*TJ|<([0-9A-Fa-f]+)>\s*Tj", stream, re.DOTALL):
            raw = shown[0].replace(b"\\(", b"(").replace(b"\\)", b")").replace(b"\\\\", b"\\").replace(b"\\r", b"\r").replace(b"\\n", b"\n")
            text += "".join(table.get(raw[i : i + 2].hex().upper(), "") for i in range(0, len(raw) - 1, 2))
    return text


def test_a_sheet_carries_its_chinese_text_also_rare_characters_of_names() -> None:
    paper = Paper(
        "总部",
        "故障维修工单",
        "GZ-240603-00001",
        "http://127.0.0.1/x",
        [("经办", "胡喆 镕")],
        [Table("配件", ["名称"], [["光猫"]])],
        "打印",
    )

    pdf = pdf_of(paper)

    text = glyphs(pdf)
    assert pdf.startswith(b"%PDF")
    assert len(pdf) < 200_000
    assert all(word in text for word in ("总部", "故障维修工单", "胡喆", "镕", "光猫", "GZ-240603-00001"))


@pytest.mark.req("HOT-20")
def test_after_signing_the_area_prints_the_ticket(law: Regulation, client: Client) -> None:
    number = signed(law)
    client.force_login(law.members["hu"])

    page = client.get(f"/tickets/{number}/").content.decode()
    sheet = client.get(f"/tickets/{number}/print/sign.pdf")

    assert f"/tickets/{number}/print/sign.pdf" in page
    assert "故障维修工单" in page
    assert (sheet.status_code, sheet.headers["Content-Type"]) == (200, "application/pdf")
    text = glyphs(sheet.content)
    assert all(word in text for word in ("故障维修工单", number, "王老板", "带梯子", "光猫", "尾纤", "已签收", "胡喆"))


def test_nothing_is_printed_before_it_was_done_or_by_an_action_that_prints_nothing(law: Regulation, client: Client) -> None:
    number = law.open("fault", {"user": "王老板"}, by="an")
    client.force_login(law.members["hu"])

    assert "print/sign.pdf" not in client.get(f"/tickets/{number}/").content.decode()
    assert client.get(f"/tickets/{number}/print/sign.pdf").status_code == 404
    assert client.get(f"/tickets/{number}/print/take.pdf").status_code == 404
    assert client.get(f"/tickets/{number}/print/none.pdf").status_code == 404


def test_a_stranger_gets_no_sheet(law: Regulation, client: Client) -> None:
    number = signed(law)
    client.force_login(law.members["wai"])

    assert client.get(f"/tickets/{number}/print/sign.pdf").status_code == 404


def test_the_phone_on_paper_is_masked_as_on_the_screen(law: Regulation, client: Client) -> None:
    number = signed(law)
    client.force_login(law.members["hu"])

    assert "13800138000" not in glyphs(client.get(f"/tickets/{number}/print/sign.pdf").content)
