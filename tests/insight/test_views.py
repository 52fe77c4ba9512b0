"""The doors of the reports."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from python_calamine import CalamineWorkbook

from banjie.deadlines.models import Finding
from tests.insight.conftest import SignIn, Told, relayed_late
from tests.pos import Pos

MONTH = "first=2024-06-01&last=2024-06-30"


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def text_of(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


@pytest.mark.req("POS-27", "POS-22")
def test_the_statistics_page_shows_the_rate_of_s1_with_what_it_counts(june: Told, sign_in: SignIn) -> None:
    page = sign_in(june.pos.cast.wang_sup).get(f"/insight/?{MONTH}").content.decode()

    assert "10.8%" in page
    assert "4 / 37" in text_of(page)
    assert "贵州分公司" in page


@pytest.mark.req("POS-27")
def test_the_workbook_has_the_numbers_of_the_page(june: Told, sign_in: SignIn) -> None:
    client = sign_in(june.pos.cast.wang_sup)

    page = client.get(f"/insight/?{MONTH}")
    book = sheets(client.get(f"/insight/statistics.xlsx?{MONTH}").content)

    shown = page.content.decode()
    tables = re.findall(r"<caption[^>]*>(.*?)</caption>.*?<tbody>(.*?)</tbody>", shown, re.DOTALL)
    assert len(tables) == len(book) - 1 == 7
    for title, body in tables:
        rows = [
            [text_of(cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
            for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
        ]
        written = book[title][1:]
        assert len(written) == len(rows)
        for seen, sent in zip(rows, written, strict=True):
            for cell, value in zip(seen, sent, strict=True):
                if cell.endswith("%") and isinstance(value, float):
                    assert cell == f"{value:.1f}%"
                elif re.fullmatch(r"[\d,]+", cell):
                    assert int(cell.replace(",", "")) == value
                elif ":" not in cell and isinstance(value, str):
                    assert value.strip() == cell


@pytest.mark.req("POS-11")
def test_both_levels_reach_the_evidence_of_three_minutes_and_hunan_does_not(pos: Pos, sign_in: SignIn) -> None:
    number = relayed_late(pos)
    finding = Finding.objects.get(ticket__number=number, rule="dispatched")
    address = f"/insight/breaches?{MONTH}&clause={quote('五.3')}"

    for person in (pos.cast.wang_sup, pos.cast.gu_gz):
        client = sign_in(person)
        assert f"clause={quote('五.3')}&amp;rule=dispatched" in client.get(f"/insight/clauses?{MONTH}").content.decode()
        listed = client.get(address).content.decode()
        assert number in listed
        assert "3:00" in listed
        proof = client.get(f"/insight/findings/{finding.pk}").content.decode()
        assert "2024-06-03 10:13:00" in proof
        assert bytes(pos.ticket(number).events.order_by("seq")[0].digest).hex() in proof
    other = sign_in(pos.cast.boss_hn)
    assert number not in other.get(address).content.decode()
    assert other.get(f"/insight/findings/{finding.pk}").status_code == 404


def test_what_broke_a_clause_is_exported_with_times_and_minutes(pos: Pos, sign_in: SignIn) -> None:
    number = relayed_late(pos)

    sent = sign_in(pos.cast.gu_gz).get(f"/insight/breaches.xlsx?{MONTH}&clause={quote('五.3')}")

    rows = list(sheets(sent.content).values())[1]
    assert [(row[0], row[7]) for row in rows[1:]] == [(number, 3.0)]


def test_a_supervisor_corrects_on_the_evidence_page(pos: Pos, sign_in: SignIn) -> None:
    number = relayed_late(pos)
    finding = Finding.objects.get(ticket__number=number, rule="dispatched")
    client = sign_in(pos.cast.wang_sup)
    address = f"/insight/findings/{finding.pk}"
    assert f"{address}/correct" in client.get(address).content.decode()

    answer = client.post(f"{address}/correct", {"outcome": "void", "reason": "停电"})

    new = Finding.objects.get(corrects=finding)
    assert (answer.status_code, answer["Location"]) == (302, f"/insight/findings/{new.pk}")
    assert "停电" in client.get(address).content.decode()
    assert f"{address}/correct" not in sign_in(pos.cast.gu_gz).get(address).content.decode()
    assert client.post(f"{address}/correct", {"outcome": "met", "reason": "x"}).status_code == 409


@pytest.mark.parametrize(
    "page", ["/insight/", "/insight/clauses", "/insight/breaches?clause=x", "/insight/statistics.xlsx", "/insight/findings/1"]
)
@pytest.mark.parametrize("name", ["zhao", "mallory"])
def test_who_may_read_no_figures_is_refused_everywhere(pos: Pos, sign_in: SignIn, page: str, name: str) -> None:
    assert sign_in(getattr(pos.cast, name)).get(page).status_code == 403


@pytest.mark.parametrize("page", ["/insight/", "/insight/clauses"])
def test_a_site_without_an_active_rulebook_says_so(cast: object, sign_in: SignIn, page: str) -> None:
    answer = sign_in(cast.li).get(page)  # type: ignore[attr-defined]

    assert answer.status_code == 200
    assert "empty" in answer.content.decode()


def test_a_period_in_which_nothing_happened_says_so(pos: Pos, sign_in: SignIn) -> None:
    page = sign_in(pos.cast.li).get("/insight/?first=2023-01-01&last=2023-01-31").content.decode()

    assert 'class="empty' in page
    assert "data-chart" not in page


@pytest.mark.parametrize("query", ["unit=999999", "book=no-such-book", "type=no_such_type"])
def test_what_is_not_there_is_not_found(pos: Pos, sign_in: SignIn, query: str) -> None:
    assert sign_in(pos.cast.li).get(f"/insight/?{query}").status_code == 404


def test_nonsense_in_the_address_means_the_default(pos: Pos, sign_in: SignIn) -> None:
    client = sign_in(pos.cast.li)

    for query in ("unit=abc", "first=2024-99-99", "period=%00", f"unit={'9' * 40}"):
        assert client.get(f"/insight/?{query}").status_code == 200
    for query in ("after=x", "after=2024-01-01_5", "after=2024-01-01T00:00:00%2B00:00_x", "clause=%00"):
        assert client.get(f"/insight/breaches?{query}").status_code == 200


def test_a_period_of_many_years_is_refused_in_words(pos: Pos, sign_in: SignIn) -> None:
    assert sign_in(pos.cast.li).get("/insight/?first=2010-01-01&last=2024-06-01").status_code == 422


@pytest.mark.parametrize(("page", "most"), [("/insight/", 30), ("/insight/clauses", 16), ("/insight/breaches?clause=%E4%BA%94.3", 14)])
def test_the_number_of_queries_does_not_grow_with_the_tickets(
    june: Told, sign_in: SignIn, page: str, most: int, django_assert_max_num_queries: object
) -> None:
    client = sign_in(june.pos.cast.wang_sup)

    with django_assert_max_num_queries(most):  # type: ignore[operator]
        client.get(f"{page}{'&' if '?' in page else '?'}{MONTH}")


def test_the_pages_are_english_for_those_who_ask_for_it(june: Told, sign_in: SignIn) -> None:
    client = sign_in(june.pos.cast.wang_sup)

    for page, words in (("/insight/", "Callback rate"), ("/insight/clauses", "Dispatched to a person")):
        html = client.get(f"{page}?{MONTH}", headers={"accept-language": "en"}).content.decode()
        assert words in html
        assert "遵守" not in html
