"""Components escape whatever text they are given, and say what they mean without colour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template import engines

from banjie.kernel.errors import FieldError
from tests.ui.conftest import Render

NOW = datetime(2025, 3, 4, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
EVIL = "<script>alert(1)</script>\"'>"

# One call of each component with a hostile text in every place that takes text.
HOSTILE = {
    "alert": "{% call ui.alert(evil, title=evil, clause=evil) %}{{ evil }}{% endcall %}",
    "avatar": "{{ ui.avatar(evil) }}",
    "badge": "{{ ui.badge(evil, title=evil) }}",
    "breadcrumbs": "{{ ui.breadcrumbs([(evil, evil), (evil, '')]) }}",
    "button": "{{ ui.button(evil, name=evil, value=evil, attrs={'data-x': evil}) }}",
    "card": "{% call ui.card(evil, actions=evil, id=evil, note=evil) %}{{ evil }}{% endcall %}",
    "chart": "{{ ui.chart('c', evil, {'title': evil}, table=[[evil, evil]]) }}",
    "clause": "{{ ui.clause(evil, evil) }}{{ ui.clause(evil, evil, href=evil) }}",
    "clock": "{{ ui.clock(evil, now, now, clause=evil) }}",
    "copy": "{{ ui.copy(evil, label=evil) }}{{ ui.copy(evil) }}",
    "data_table": "{{ ui.data_table([{'title': evil, 'sort_url': evil}], [{'cells': [evil], 'url': evil, 'id': evil, 'tone': evil}], label=evil, note=evil) }}"
    "{{ ui.data_table([], empty_title=evil, empty_advice=evil) }}",
    "dialog": "{% call ui.dialog(evil, evil) %}{{ evil }}{% endcall %}",
    "empty": "{% call ui.empty(evil, evil) %}{{ evil }}{% endcall %}",
    "facts": "{{ ui.facts([(evil, evil)]) }}",
    "field": "{% for type in types %}{{ ui.field(evil, evil, evil, type=type, options=[(evil, evil)], hint=evil, error=evil, clause=evil, attrs={'placeholder': evil}) }}{% endfor %}",
    "filters": "{% call ui.filters([{'title': evil, 'url': evil, 'count': evil}, {'title': evil, 'url': evil, 'removable': true}], clear_url=evil, action=evil, label=evil) %}{{ evil }}{% endcall %}",
    "form": "{% call ui.form(evil, evil, keep=evil, target=evil, id=evil, attrs={'data-x': evil}) %}{{ evil }}{% endcall %}",
    "form_errors": "{{ ui.form_errors(evil, [(evil, evil)], clause=evil) }}",
    "icon": "{{ ui.icon(evil, label=evil) }}",
    "kbd": "{{ ui.kbd(evil) }}",
    "link_button": "{{ ui.link_button(evil, evil, icon=evil, attrs={'data-x': evil}) }}",
    "menu": "{% call ui.menu(evil, icon=evil) %}{{ evil }}{% endcall %}{% call ui.menu(evil, avatar=evil) %}{% endcall %}",
    "menu_item": "{{ ui.menu_item(evil, evil, icon=evil) }}{{ ui.menu_item(evil, attrs={'data-x': evil}) }}",
    "moment": "{{ evil }}{{ ui.moment(now, now) }}",
    "pager": "{{ ui.pager(evil, evil, note=evil) }}",
    "pill": "{{ ui.pill(evil, tone=evil, title=evil) }}",
    "progress": "{{ ui.progress(1, 2, label=evil) }}",
    "spark": "{{ ui.spark([1, 2], label=evil) }}",
    "stat": "{{ ui.stat(evil, evil, unit=evil, trend=evil, href=evil, clause=evil) }}",
    "submit": "{{ ui.submit(evil, cancel=evil, note=evil) }}",
    "tabs": "{{ ui.tabs([{'title': evil, 'url': evil, 'count': evil}], label=evil) }}",
    "timeline": "{{ ui.timeline([{'at': now, 'title': evil, 'actor': evil, 'body': evil, 'clause': evil, 'icon': evil, 'changes': [(evil, evil, evil)]}], now) }}",
    "toast": "{{ ui.toast(evil) }}",
    "tree": "{{ ui.tree([{'title': evil, 'url': evil, 'note': evil, 'icon': evil, 'children': [{'title': evil}]}], label=evil) }}",
}
TYPES = "text textarea select choices multi checkbox date datetime time phone number email password search file hidden".split()


def test_every_component_stands_in_the_table_of_hostile_calls() -> None:
    exported = vars(engines["jinja2"].env.get_template("ui/components.html").module)  # type: ignore[attr-defined]  # Django's Jinja2 backend has it
    files = {"basics", "feedback", "figures", "forms", "layout", "lists", "records"}

    assert set(HOSTILE) == {name for name in exported if not name.startswith("_")} - files


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_no_component_lets_a_text_become_markup(name: str, render: Render) -> None:
    html = render(HOSTILE[name], evil=EVIL, now=NOW, types=TYPES)

    assert "<script>" not in html
    assert EVIL not in html
    assert "alert(1)" in html or name == "avatar"
    assert 'alert(1)</script>"' not in html


@pytest.mark.parametrize(
    ("due", "warn", "tone", "words"),
    [(142, 60, "ok", "剩 2小时22分"), (9, -3, "warn", "剩 9:00"), (-17, -40, "bad", "超 17:00"), (60 * 53, None, "ok", "剩 2天5小时")],
)
def test_a_clock_says_how_long_is_left_and_turns_amber_then_red(due: int, warn: int | None, tone: str, words: str, render: Render) -> None:
    warn_at = None if warn is None else NOW + timedelta(minutes=warn)

    html = render("{{ ui.clock('派发', due, now, warn, '五.3') }}", due=NOW + timedelta(minutes=due), now=NOW, warn=warn_at)

    assert f"clock-{tone}" in html
    assert words in html
    assert "五.3" in html
    assert f'data-due="{(NOW + timedelta(minutes=due)).isoformat()}"' in html


@pytest.mark.parametrize(("state", "words"), [("met", "已达标"), ("missed", "未达标"), ("paused", "暂停 1小时30分"), ("unset", "未设时限")])
def test_a_clock_that_does_not_run_does_not_tick(state: str, words: str, render: Render) -> None:
    html = render("{{ ui.clock('处理', due, now, state=state, seconds=5400) }}", due=NOW, now=NOW, state=state)

    assert words in html
    assert "data-clock" not in html


def test_a_field_names_its_label_hint_and_error_for_screen_readers(render: Render) -> None:
    html = render("{{ ui.field('phone', '电话', type='phone', hint='带区号', error='请填写电话。', required=true) }}")

    assert '<label class="form-label" for="field-phone">' in html
    assert 'aria-describedby="field-phone-hint field-phone-error"' in html
    assert 'aria-invalid="true"' in html
    assert "required" in html
    assert '<div class="field-error" id="field-phone-error" data-error-of="phone">请填写电话。</div>' in html


def test_a_datetime_field_shows_the_local_wall_time(render: Render) -> None:
    html = render("{{ ui.field('at', '时间', now, type='datetime') }}", now=NOW)

    assert 'type="datetime-local"' in html
    assert 'value="2025-03-04T10:00"' in html


def test_a_choice_keeps_what_was_chosen(render: Render) -> None:
    options = [(1, "一"), (2, "二")]

    select = render("{{ ui.field('n', '数', 2, type='select', options=options) }}", options=options)
    radios = render("{{ ui.field('n', '数', '2', type='choices', options=options) }}", options=options)
    checks = render("{{ ui.field('n', '数', [1, 2], type='multi', options=options) }}", options=options)

    assert '<option value="2" selected>' in select
    assert radios.count(" checked") == 1
    assert checks.count(" checked") == 2


def test_form_errors_link_to_their_fields(render: Render) -> None:
    html = render("{{ ui.form_errors('有误', errors, '五.3') }}", errors=[FieldError("phone", "请填写电话。")])

    assert '<a href="#field-phone" data-field-error="phone">请填写电话。</a>' in html
    assert 'role="alert"' in html


def test_a_refusal_that_says_the_same_as_its_field_says_it_once(render: Render) -> None:
    once = render("{{ ui.form_errors('须按批准的金额付款', errors) }}", errors=[FieldError("paid", "须按批准的金额付款")])
    both = render("{{ ui.form_errors('有误', errors) }}", errors=[FieldError("paid", "须按批准的金额付款")])
    pairs = render("{{ ui.form_errors('有误', errors) }}", errors=[("paid", "须按批准的金额付款")])

    assert once.count("须按批准的金额付款") == 1
    assert '<a href="#field-paid"' in once
    assert "有误" in both
    assert "有误" in pairs


def test_an_empty_table_says_so_instead_of_showing_a_bare_head(render: Render) -> None:
    html = render("{{ ui.data_table([{'title': '编号'}], [], empty_title='还没有记录', empty_advice='请先登记。') }}")

    assert "<table" not in html
    assert "还没有记录" in html
    assert "请先登记。" in html


def test_only_one_cell_of_a_row_is_its_link(render: Render) -> None:
    html = render("{{ ui.data_table([{'title': '编号'}, {'title': '事项', 'main': true}], [{'cells': ['1', '坏了'], 'url': '/1'}]) }}")

    assert html.count('href="/1"') == 1
    assert '<a class="list-row-link" href="/1">坏了</a>' in html
    assert "aria-sort" not in html


def test_an_undefined_name_is_an_error_not_an_empty_place(render: Render) -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        render("{{ nothing_of_this_name }}")
