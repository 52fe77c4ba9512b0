"""The command line: check with places, explain, compare, activate, schema."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from banjie.config.commands.rulebook import command
from banjie.people.models import AdminEvent
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.shipped import FOLDER
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from tests.cast import BUILDER, LONG_AGO
from tests.rulebook.books import SMALL, as_its_text_leaves_it


def run(*arguments: object, given: str | None = None) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments], input=given)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "book.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def database(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands use the test's database, which runs already."""
    from contextlib import nullcontext

    monkeypatch.setattr("banjie.config.database.database", nullcontext)
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)


def test_check_prints_file_line_and_column_and_ends_with_1(file: Path) -> None:
    file.write_text(SMALL.replace("verb: verify", "verb: verifi"), encoding="utf-8")

    done = run("check", file)

    assert done.exit_code == 1
    assert done.stdout.startswith(f"{file}:32:26: processes.work.actions.check.verb: 没有“verifi”这个动作词")


def test_check_ends_with_0_when_all_is_well(file: Path) -> None:
    done = run("check", file, *FOLDER.glob("*.yaml"))

    assert done.exit_code == 0
    assert done.stdout == ""


def test_check_of_a_draft_lets_unset_limits_pass(tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(as_its_text_leaves_it(), encoding="utf-8")

    assert run("check", draft).exit_code == 1
    assert run("check", "--draft", draft).exit_code == 0


def test_a_file_in_another_encoding_is_named(file: Path) -> None:
    file.write_bytes(SMALL.encode("gb18030"))

    done = run("check", file)

    assert done.exit_code == 1
    assert "is not written in UTF-8" in done.stderr


def test_explain_prints_clauses_with_their_rules(file: Path) -> None:
    done = run("explain", file)

    assert done.exit_code == 0
    assert "一  接到即办。" in done.stdout
    assert "[时限] 限时办结: 从“待办”到“办结”：按“时效”。" in done.stdout


def test_explain_writes_a_page_with_the_picture(file: Path, tmp_path: Path) -> None:
    done = run("explain", file, "--html", tmp_path / "page.html", "--language", "en")

    assert done.exit_code == 0
    assert "<svg" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_explain_marks_unset_limits(file: Path) -> None:
    file.write_text(as_its_text_leaves_it(), encoding="utf-8")

    done = run("explain", file)

    assert "! 报告.3" in done.stdout
    assert "未设定" in done.stdout


def test_a_wrong_book_is_not_explained(file: Path) -> None:
    file.write_text(SMALL.replace("verb: verify", "verb: verifi"), encoding="utf-8")

    done = run("explain", file)

    assert done.exit_code == 1
    assert "has errors; look with: banjie rulebook check" in done.stderr


def test_diff_says_what_changes_and_ends_with_1(file: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    new.write_text(SMALL.replace("low: 8h", "low: 4h"), encoding="utf-8")

    changed, same = run("diff", file, new), run("diff", file, file)

    assert changed.exit_code == 1
    assert changed.stdout.splitlines() == ["~ [时效] 时效", "    - 高 2小时、低 8小时。", "    + 高 2小时、低 4小时。"]
    assert (same.exit_code, same.stdout) == (0, "")


def test_activate_asks_first_and_does_nothing_on_no(database: None, file: Path) -> None:
    done = run("activate", file, given="n\n")

    assert done.exit_code == 1
    assert "small-book" in done.stdout
    assert not RulebookVersion.objects.exists()


def test_activate_drafts_proposes_and_activates_as_the_system(database: None, file: Path) -> None:
    done = run("activate", file, "--yes")

    assert done.exit_code == 0, done.output
    version = RulebookVersion.objects.get()
    assert (version.status, version.created_by_id) == ("active", None)
    assert AdminEvent.objects.filter(kind="rulebook.activated", actor_name="command-line").exists()
    assert "active already" in run("activate", file, "--yes").stdout


def test_activate_says_what_changes_against_the_active_version(database: None, file: Path) -> None:
    run("activate", file, "--yes")
    file.write_text(SMALL.replace("low: 8h", "low: 4h"), encoding="utf-8")

    done = run("activate", file, "--yes")

    assert "version 1 is retired" in done.stdout
    assert "低 4小时" in done.stdout
    assert RulebookVersion.objects.get(status="active").number == 2


def test_activate_refuses_unset_limits_and_leaves_no_draft_behind(database: None, file: Path) -> None:
    file.write_text(SMALL.replace("low: 8h", "low: unset"), encoding="utf-8")

    done = run("activate", file, "--yes")

    assert done.exit_code == 1
    assert f"{file}:21:67: limits.handling.values.low" in done.stderr
    assert not RulebookVersion.objects.exists()


def test_an_active_rulebook_is_explained_by_its_slug(database: None, file: Path) -> None:
    run("activate", file, "--yes")

    assert "《小办法》 small-book" in run("explain", "small-book").stdout
    assert "没有启用中的规则书“nothing”" in run("explain", "nothing").stderr


def test_the_schema_is_json_that_names_every_top_level_key() -> None:
    schema = orjson.loads(run("schema").stdout_bytes)

    assert {"rulebook", "clauses", "roles", "fields", "limits", "types", "processes", "duties", "indicators", "ledgers"} <= set(
        schema["properties"]
    )
    assert {"from", "to", "by", "verb", "needs"} <= set(schema["$defs"]["Action"]["properties"])
