from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from banjie.config.environment import PROJECT_ROOT, BadEnvironment, Environment, read_environment, unknown_settings
from tools.settings_table import PAGE, with_table


def test_the_table_of_settings_is_that_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == with_table(page), "run: python tools/settings_table.py"
    assert all(f"| `{field.alias}` |" in page for field in Environment.model_fields.values())


def banjie(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator does, who has set nothing but `variables`."""
    command = [sys.executable, "-m", "banjie.config.cli", *arguments]
    given = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **variables}
    return subprocess.run(command, env=given, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BANJIE_PORT", "many", "write a whole number (now: 'many')"),
        ("BANJIE_PORT", "99999", "at most 65535 (now: '99999')"),
        ("BANJIE_WEB_WORKERS", "0", "at least 1 (now: '0')"),
        ("BANJIE_HTTPS", "maybe", "write 1 or 0 (now: 'maybe')"),
        ("BANJIE_TIME_ZONE", "Mars/Olympus", "'Mars/Olympus' is no IANA time zone; write e.g. Asia/Shanghai (now: 'Mars/Olympus')"),
        ("BANJIE_LIVE_URL", "desk.example", "write a whole address, e.g. https://desk.example/events (now: 'desk.example')"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write_instead(name: str, value: str, said: str) -> None:
    with pytest.raises(BadEnvironment) as wrong:
        read_environment({name: value})

    assert str(wrong.value) == f"banjie: wrong setting {name}: {said}"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BANJIE_SECRET_KEY", "geheim", "at least 32 characters"),
        ("BANJIE_CHAIN_KEY", "geheim", "at least 32 characters"),
        ("DATABASE_URL", "mysql://me:geheim@db/banjie", "must start with postgresql://"),
        ("DATABASE_URL", "postgresql://me:geheim@db", "must end with the name of the database"),
        ("DATABASE_URL", "postgresql://me:geheim#1@db/banjie", "special characters in a password are written as %XX"),
        ("BANJIE_EMAIL_URL", "mailto:me:geheim@mail", "write smtp://"),
    ],
)
def test_a_wrong_setting_that_holds_a_secret_is_not_printed(name: str, value: str, said: str) -> None:
    with pytest.raises(BadEnvironment) as wrong:
        read_environment({name: value})

    assert str(wrong.value).startswith(f"banjie: wrong setting {name}: ")
    assert said in str(wrong.value)
    assert "geheim" not in str(wrong.value)
    assert "geheim" not in repr(Environment.model_construct(secret_key="geheim", database_url="geheim"))


def test_wrong_settings_end_a_command_with_one_line_each() -> None:
    done = banjie("db", "status", BANJIE_PORT="many", BANJIE_WORKERS="0")

    assert done.returncode == 1
    assert [line.split(": ")[1] for line in done.stderr.splitlines()] == ["wrong setting BANJIE_PORT", "wrong setting BANJIE_WORKERS"]


def test_a_setting_that_there_is_not_is_noticed() -> None:
    assert unknown_settings({"BANJIE_PROT": "8000", "BANJIE_PORT": "8000", "BANJIE_SUPERVISED": "1", "HOME": "/"}) == ["BANJIE_PROT"]


def test_a_database_that_does_not_answer_ends_every_command_with_one_line(tmp_path: Path) -> None:
    url = "postgresql://me:geheim@127.0.0.1:1/banjie"

    said = [banjie(*c, BANJIE_HOME=str(tmp_path), DATABASE_URL=url).stderr for c in (["verify"], ["serve"], ["demo"], ["worker"])]

    assert all(line.startswith("Error: DATABASE_URL: no connection to 'banjie' on 127.0.0.1:1: ") for line in said)
    assert all(line.count("\n") == 1 and "geheim" not in line for line in said)


def test_a_home_that_cannot_be_made_ends_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = banjie("serve", BANJIE_HOME=str(tmp_path / "file"))

    assert done.returncode == 1
    assert done.stderr == f"Error: BANJIE_HOME {tmp_path / 'file'} cannot be used: File exists\n"


def test_help_lists_the_commands_without_starting_django() -> None:
    program = "import sys; from click.testing import CliRunner; from banjie.config.cli import main; print(CliRunner().invoke(main, ['--help']).output); print('django' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", program], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True).stdout

    assert said.rstrip().endswith("False")
    assert all(f"\n  {name} " in said for name in ("db", "manage", "serve", "stop", "worker"))
    assert "prepare" not in said


def test_the_launcher_needs_no_host_of_a_registry() -> None:
    files = [*Path(PROJECT_ROOT).glob("requirements*.lock"), PROJECT_ROOT / "Makefile", *(PROJECT_ROOT / "tools").glob("bootstrap*")]

    assert not [file.name for file in files if "://" in file.read_text(encoding="utf-8")]


def test_stop_in_a_checkout_that_never_ran_has_nothing_to_do(tmp_path: Path) -> None:
    command = ["make", "-f", str(PROJECT_ROOT / "Makefile"), "stop"]
    given = {"PATH": os.environ["PATH"]}  # nothing of a `make test` that runs this

    done = subprocess.run(command, env=given, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "nothing was running\n")


def test_two_installations_on_one_host_do_not_overwrite_each_others_sign_ins(tmp_path: Path) -> None:
    program = "from django.conf import settings; print(settings.SESSION_COOKIE_NAME)"

    def name(secret: str) -> str:
        given = {"BANJIE_HOME": str(tmp_path), "BANJIE_SECRET_KEY": secret, "DJANGO_SETTINGS_MODULE": "banjie.config.settings"}
        return subprocess.run(
            [sys.executable, "-c", program], env=given, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
        ).stdout

    first, again, second = name("a" * 40), name("a" * 40), name("b" * 40)

    assert first == again != second
