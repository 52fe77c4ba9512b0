"""The catalogue tool keeps what people translated and says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import messages
from tools.punctuation import half_width, mended


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a room with one text in Python and two in a template."""
    monkeypatch.setattr(messages, "BANJIE", tmp_path)
    room = tmp_path / "garden"
    (room / "templates" / "garden").mkdir(parents=True)
    (room / "__init__.py").touch()
    (room / "views.py").write_text("from django.utils.translation import gettext_lazy as _\nTITLE = _('Spade')\n", encoding="utf-8")
    (room / "templates" / "garden" / "page.html").write_text(
        "{{ _('Water %(name)s', name=name) }}{% trans %}\n  Two\n  lines\n{% endtrans %}{{ ngettext('%(num)d tree', '%(num)d trees', n) }}",
        encoding="utf-8",
    )
    return room


def translate(room: Path, words: dict[str, str]) -> None:
    file = messages.catalogue_file(room)
    text = file.read_text(encoding="utf-8")
    for english, chinese in words.items():
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{chinese}"')
    file.write_text(text.replace('msgstr[0] ""', 'msgstr[0] "%(num)d 棵树"'), encoding="utf-8")


def test_texts_of_python_and_templates_are_collected(room: Path) -> None:
    messages.update(room)

    text = messages.catalogue_file(room).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("msgid ")] == [
        'msgid ""',
        'msgid "%(num)d tree"',
        'msgid "Spade"',
        'msgid "Two lines"',
        'msgid "Water %(name)s"',
    ]
    assert "views.py" not in text


def test_the_check_names_each_untranslated_text(room: Path) -> None:
    messages.update(room)

    assert messages.problems(room) == [
        f"garden: not translated: {text!r}" for text in ("Spade", "Water %(name)s", "Two lines", "%(num)d tree")
    ]


def test_translations_survive_an_update_and_left_over_ones_are_named(room: Path) -> None:
    messages.update(room)
    translate(room, {"Spade": "铲子", "Two lines": "两行", "Water %(name)s": "给%(name)s浇水"})
    messages.update(room)
    before = messages.problems(room)
    (room / "views.py").write_text("", encoding="utf-8")

    after = messages.problems(room)

    assert before == []
    assert after == ["garden: left over: 'Spade'"]


def test_a_translation_that_loses_its_place_holder_is_named(room: Path) -> None:
    messages.update(room)
    translate(room, {"Spade": "铲子", "Two lines": "两行", "Water %(name)s": "给%(nom)s浇水"})

    assert any("Water" in problem for problem in messages.problems(room))


def test_half_width_punctuation_in_a_chinese_text_is_named(room: Path) -> None:
    messages.update(room)
    translate(room, {"Spade": "铲子,锄头", "Two lines": "两行", "Water %(name)s": "给%(name)s浇水"})

    assert any("half-width punctuation in '铲子,锄头'" in problem for problem in messages.problems(room))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("请处理,谢谢", "请处理，谢谢"),
        ("%(name)s,且不晚于明天", "%(name)s，且不晚于明天"),
        ("%(length)s(至当日结束)", "%(length)s（至当日结束）"),
        ("从这里起读不懂(“%(rest)s”)", "从这里起读不懂（“%(rest)s”）"),
        ("或 all,排序", "或 all，排序"),
        ("规定: 一", "规定：一"),
        ("已保存.", "已保存。"),
        ("完成 %(done)d / %(owed)d 件(%(share)s)", "完成 %(done)d / %(owed)d 件（%(share)s）"),
    ],
)
def test_half_width_punctuation_is_found_and_mended(text: str, right: str) -> None:
    assert half_width(text)
    assert mended(text) == right
    assert half_width(right) == []


@pytest.mark.parametrize(
    "text",
    [
        "请写 14:00 或 end of day。",
        "请写“rulebook: 名称”",
        "%(n)d (%(share)s)",
        "请用 *、+ 和 ?。",
        "a.b(c, d)",
        "文件 rulebook.yaml",
        "（1）、(2)",
        "比例 1:10",
    ],
)
def test_formats_code_and_ratios_keep_their_punctuation(text: str) -> None:
    assert half_width(text) == []
    assert mended(text) == text


def test_compiling_twice_writes_once(room: Path) -> None:
    messages.update(room)

    assert messages.compile_all() == 1
    assert messages.compile_all() == 0
    assert messages.catalogue_file(room).with_suffix(".mo").exists()


def test_two_rooms_may_not_translate_one_text_differently(room: Path) -> None:
    messages.update(room)
    translate(room, {"Spade": "铲子"})
    other = room.parent / "kitchen"
    other.mkdir()
    (other / "__init__.py").write_text("_('Spade')", encoding="utf-8")
    messages.update(other)
    translate(other, {"Spade": "黑桃"})

    found = messages.conflicts()

    assert len(found) == 1
    assert found[0].startswith("kitchen: 'Spade'")


def test_an_unknown_room_ends_with_a_sentence(room: Path) -> None:
    with pytest.raises(SystemExit, match="no room named cellar"):
        messages.main(["update", "cellar"])
