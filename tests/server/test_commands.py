"""The commands of an operator, on a database that nobody has served yet."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import xlsxwriter

from banjie.config.environment import PROJECT_ROOT
from banjie.server import postgres
from tests.server.conftest import FAST, open_folder
from tests.server.test_serve import variables

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def kept() -> Iterator[Path]:
    """A home whose database runs and holds nothing."""
    folder = open_folder()
    postgres.start(folder / "home", options=FAST, keep=True)
    yield folder / "home"
    postgres.discard(folder / "home")
    shutil.rmtree(folder)


def banjie(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "banjie.config.cli", *arguments]
    return subprocess.run(command, env=variables(home), cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)


def connected(home: Path) -> psycopg.Connection[tuple[object, ...]]:
    address = postgres.embedded_address(home)
    return psycopg.connect(dbname=address.name, user=address.user, host=address.host, port=address.port, autocommit=True)


@pytest.fixture(scope="module")
def said_at_first(kept: Path) -> subprocess.CompletedProcess[str]:
    """What the first command on the empty database answers."""
    return banjie(kept, "verify")


@pytest.fixture
def home(kept: Path, said_at_first: subprocess.CompletedProcess[str]) -> Path:
    """The home, its database with tables."""
    assert said_at_first.returncode == 0, said_at_first.stderr
    return kept


def test_the_first_command_makes_the_tables_of_an_empty_database(said_at_first: subprocess.CompletedProcess[str]) -> None:
    assert said_at_first.stderr == "banjie: making the tables of an empty database\n"
    assert said_at_first.stdout.startswith("0 tickets, 0 events, ")


def test_tables_of_an_older_version_are_refused_in_one_line(home: Path) -> None:
    with connected(home) as connection:
        connection.execute("create table kept as select * from django_migrations")
        connection.execute("delete from django_migrations where app = 'tickets' and name <> '0001_initial'")

        done = banjie(home, "verify")

        connection.execute("truncate django_migrations")
        connection.execute("insert into django_migrations overriding system value select * from kept")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the database was made by an older version: start `banjie serve` once")
    assert done.stderr.count("\n") == 1


def test_members_are_imported_only_when_their_passwords_can_be_written(home: Path, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "members.xlsx") as book:
        book.add_worksheet().write_row(0, 0, ["姓名", "登录名", "手机", "邮箱", "单位编码", "岗位"])
    (tmp_path / "there.xlsx").write_text("somebody's")
    table = str(tmp_path / "members.xlsx")

    there = banjie(home, "import", "members", table, "--passwords", str(tmp_path / "there.xlsx"))
    nowhere = banjie(home, "import", "members", table, "--passwords", str(tmp_path / "no" / "passwords.xlsx"))
    refused = banjie(home, "import", "members", table, "--passwords", str(tmp_path / "passwords.xlsx"))

    assert there.stderr == f"Error: {tmp_path / 'there.xlsx'} exists; name another file for the passwords\n"
    assert (tmp_path / "there.xlsx").read_text() == "somebody's"
    assert nowhere.stderr == f"Error: {tmp_path / 'no' / 'passwords.xlsx'}: No such file or directory\n"
    assert refused.returncode == 1  # the table holds nobody
    assert not (tmp_path / "passwords.xlsx").exists()


def test_an_export_of_what_there_is_not_says_so(home: Path, tmp_path: Path) -> None:
    done = banjie(home, "export", "tickets", str(tmp_path / "x.xlsx"), "--type", "teleport")

    assert done.stderr == "Error: no ticket has the type 'teleport'; there are: no tickets\n"
    assert not (tmp_path / "x.xlsx").exists()


def test_a_refusal_is_said_once(home: Path) -> None:
    done = banjie(home, "import", "customers", str(PROJECT_ROOT / "README.md"))

    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1


def test_a_new_installation_can_activate_the_shipped_regulation_at_once(home: Path) -> None:
    prepared = banjie(home, "prepare")

    done = banjie(home, "rulebook", "activate", "--yes", str(PROJECT_ROOT / "rulebooks" / "pos-terminal-service.yaml"))

    assert prepared.stdout == '{"sign_ins":[],"new":true}\n', prepared.stderr
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("active: pos-terminal-service v1\n")
