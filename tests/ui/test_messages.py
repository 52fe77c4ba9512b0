"""The catalogue tool keeps what people translated and says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import messages


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
