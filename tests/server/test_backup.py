from __future__ import annotations

from pathlib import Path

import pytest

from banjie.server import backup, postgres
from tests.server.conftest import FAST


@pytest.fixture
def target(made_home: Path) -> backup.Target:
    address = postgres.start(made_home, options=FAST)
    target = backup.Target(address.name, address.user, address.host, address.port)
    with target.connect() as connection:
        connection.execute("create table tickets (number text)")
        connection.execute("insert into tickets values ('GD-1')")
    return target


def numbers(target: backup.Target) -> list[object]:
    with target.connect() as connection:
        return [row[0] for row in connection.execute("select number from tickets order by number")]


def test_a_restored_dump_holds_what_was_dumped_and_keeps_the_replaced_database(target: backup.Target, tmp_path: Path) -> None:
    file = tmp_path / "备份 1.dump"
    backup.dump(target, file)
    with target.connect() as connection:
        connection.execute("insert into tickets values ('GD-2')")

    with target.connect():  # somebody is at work
        previous = backup.restore(target, file)

    assert numbers(target) == ["GD-1"]
    assert numbers(backup.Target(previous, target.user, target.host, target.port)) == ["GD-1", "GD-2"]
    assert file.stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_dump_changes_nothing(target: backup.Target, tmp_path: Path) -> None:
    file = tmp_path / "photo.dump"
    file.write_bytes(b"no dump at all")

    with pytest.raises(backup.BackupFailed, match="pg_restore failed"):
        backup.restore(target, file)

    assert numbers(target) == ["GD-1"]


def test_a_dump_that_fails_leaves_no_file(target: backup.Target, tmp_path: Path) -> None:
    missing = backup.Target("nothing", target.user, target.host, target.port)

    with pytest.raises(backup.BackupFailed, match="pg_dump failed"):
        backup.dump(missing, tmp_path / "x.dump")

    assert list(tmp_path.iterdir()) == []
