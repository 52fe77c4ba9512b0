from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from banjie.server import places, postgres, processes
from banjie.server.binaries import NoPostgres, find_binaries
from tests.server.conftest import FAST

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


def connect(address: postgres.Address) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(dbname=address.name, user=address.user, host=address.host, port=address.port, autocommit=True)


def test_a_new_home_gets_a_database_that_knows_chinese(home: Path) -> None:
    address = postgres.start(home, options=FAST)

    with connect(address) as connection:
        row = connection.execute(
            "select to_tsvector('simple', '反馈，ABC')::text, '客户' ~ '^\\w+$', current_setting('timezone')"
        ).fetchone()
        connection.execute("create extension pg_trgm")
        trigrams = connection.execute("select show_trgm('客户')").fetchone()
    assert row == ("'abc':2 '反馈':1", True, "UTC")
    assert trigrams is not None
    assert trigrams[0]


def test_the_locale_of_the_caller_decides_nothing(home: Path) -> None:
    _start_elsewhere(home, LC_ALL="C", PGOPTIONS="-c lc_messages=nonsense").wait(30)

    with connect(postgres.embedded_address(home)) as connection:
        row = connection.execute("select to_tsvector('simple', '反馈，ABC')::text").fetchone()
    assert row == ("'abc':2 '反馈':1",)


def test_a_second_start_finds_the_server_running(made_home: Path) -> None:
    postgres.start(made_home, options=FAST)
    first = postgres.status(made_home)

    postgres.start(made_home, options=FAST)

    assert first.ready
    assert postgres.status(made_home) == first


def test_four_starts_at_once_make_one_server(home: Path) -> None:
    starts = [_start_elsewhere(home) for _number in range(4)]

    codes = [start.wait(60) for start in starts]

    assert codes == [0, 0, 0, 0]
    assert postgres.status(home).ready


def test_rows_survive_when_the_server_is_killed(made_home: Path) -> None:
    address = postgres.start(made_home, options=FAST)
    with connect(address) as connection:
        connection.execute("create table kept (number int)")
        connection.execute("insert into kept values (1), (2)")
    os.kill(postgres.status_pid(made_home), signal.SIGKILL)

    postgres.start(made_home, options=FAST)

    with connect(address) as connection:
        assert connection.execute("select array_agg(number order by number) from kept").fetchone() == ([1, 2],)


def test_a_stale_process_number_that_now_belongs_to_somebody_else_does_not_matter(made_home: Path) -> None:
    here = places.places(made_home)
    stranger = subprocess.Popen(["sleep", "60"], **places.run_as())
    (here.cluster / "postmaster.pid").write_text(f"{stranger.pid}\n{here.cluster}\n1\n5432\n\n\n\n")

    before = postgres.status(made_home)
    postgres.start(made_home, options=FAST)

    assert before.pid == 0
    assert postgres.status(made_home).ready
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_stopping_leaves_a_stranger_with_the_old_number_alone(made_home: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    (places.places(made_home).cluster / "postmaster.pid").write_text(f"{stranger.pid}\n")

    ran = postgres.stop(made_home)

    assert not ran
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_start_that_was_interrupted_is_begun_anew(home: Path) -> None:
    here = places.places(home)
    places.make_private(here.base / "data.new")
    (here.base / "data.new" / "half").write_text("unfinished")

    postgres.start(home, options=FAST)

    assert postgres.status(home).ready


def test_a_server_that_cannot_start_says_why(made_home: Path) -> None:
    with pytest.raises(postgres.DatabaseFailed, match="nonsense"):
        postgres.start(made_home, options=FAST | {"shared_buffers": "nonsense"})


def test_an_owned_server_ends_with_its_owner_even_when_that_is_killed(made_home: Path) -> None:
    owner = _start_elsewhere(made_home, then="time.sleep(60)", owned=True)
    assert processes.wait_until(lambda: postgres.status(made_home).ready, 30)

    owner.kill()
    owner.wait()

    assert processes.wait_until(lambda: postgres.status_pid(made_home) == 0, 15)


def test_the_last_user_stops_the_server(made_home: Path) -> None:
    with postgres.running(made_home):
        other = _start_elsewhere(made_home, then="print('up', flush=True); sys.stdin.read()", use=True)
        assert other.stdout is not None
        assert other.stdout.readline() == b"up\n"
    while_other_uses_it = postgres.status(made_home).ready

    other.communicate(timeout=30)

    assert while_other_uses_it
    assert postgres.status(made_home).pid == 0


def test_a_server_started_to_be_kept_outlives_its_users(made_home: Path) -> None:
    postgres.start(made_home, options=FAST, keep=True)

    with postgres.running(made_home):
        pass

    assert postgres.status(made_home).ready
    assert postgres.stop(made_home)
    assert not postgres.status(made_home).kept


def test_a_socket_whose_path_would_be_too_long_moves_to_a_short_place(tmp_path: Path) -> None:
    address = postgres.embedded_address(tmp_path / ("x" * 120))

    assert len(os.fsencode(address.host)) <= places.LONGEST_SOCKET_FOLDER
    assert address == postgres.embedded_address(tmp_path / ("x" * 120))
    assert address != postgres.embedded_address(tmp_path / ("y" * 120))


@as_root
def test_root_runs_the_server_as_an_unprivileged_user(made_home: Path) -> None:
    postgres.start(made_home, options=FAST)

    assert Path(f"/proc/{postgres.status_pid(made_home)}").stat().st_uid == places.server_uid() != 0


@as_root
def test_a_home_that_the_server_cannot_reach_is_left_as_it_is(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    postgres.start(closed / "home", options=FAST)

    try:
        assert postgres.status(closed / "home").ready
        assert places.UNREACHABLE_ROOT in postgres.status(closed / "home").cluster.parents
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        postgres.discard(closed / "home")
    assert not places.places(closed / "home").base.exists()


def test_a_cluster_of_another_version_is_refused_with_what_to_do() -> None:
    with pytest.raises(NoPostgres, match=r"made by PostgreSQL 9.*banjie db dump"):
        find_binaries(9)


def _start_elsewhere(home: Path, then: str = "", *, owned: bool = False, use: bool = False, **variables: str) -> subprocess.Popen[bytes]:
    begin = (
        f"postgres.running(Path({str(home)!r}))"
        if use
        else f"nullcontext(postgres.start(Path({str(home)!r}), options={FAST!r}, owned={owned}))"
    )
    program = f"import sys, time\nfrom contextlib import nullcontext\nfrom pathlib import Path\nfrom banjie.server import postgres\nwith {begin}:\n    {then or 'pass'}\n"
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | variables,
        stdin=subprocess.PIPE if use else None,
        stdout=subprocess.PIPE if use else None,
    )
