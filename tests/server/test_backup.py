from __future__ import annotations

from pathlib import Path

import pytest

from banjie.server import backup, binaries, cluster, postgres
from banjie.server.places import make_private, places
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


@pytest.mark.skipif(all(b.major >= 17 for b in binaries.installed()), reason="no PostgreSQL before 17 is installed here")
def test_a_dump_is_restored_into_a_server_older_than_our_programs(home: Path, tmp_path: Path) -> None:
    older = next(b for b in binaries.installed() if b.major < 17)
    here = places(home)
    make_private(here.logs)
    cluster.make_cluster(here, older, durable=False)
    address = postgres.start(home, options=FAST)
    target = backup.Target(address.name, address.user, address.host, address.port)
    with target.connect() as connection:
        connection.execute("create table tickets (number text)")
        connection.execute("insert into tickets select 'GD-' || n from generate_series(1, 20000) n")
    backup.dump(target, tmp_path / "whole.dump")
    (tmp_path / "cut.dump").write_bytes((tmp_path / "whole.dump").read_bytes()[:-3000])

    with target.connect() as connection:
        connection.execute("delete from tickets")
    backup.restore(target, tmp_path / "whole.dump")

    assert len(numbers(target)) == 20000
    with pytest.raises(backup.BackupFailed):
        backup.restore(target, tmp_path / "cut.dump")
    assert len(numbers(target)) == 20000
