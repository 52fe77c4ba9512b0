from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from banjie.config.environment import PROJECT_ROOT, Environment
from tools.settings_table import PAGE, with_table


def test_the_table_of_settings_is_that_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == with_table(page), "run: python tools/settings_table.py"
    assert all(f"| `{field.alias}` |" in page for field in Environment.model_fields.values())


def test_a_wrong_setting_ends_with_one_line_that_names_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "banjie.config.cli", "db", "status"],
        env={"BANJIE_PORT": "many", "PATH": ""},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "BANJIE_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_lists_the_commands_without_starting_django() -> None:
    program = "import sys; from click.testing import CliRunner; from banjie.config.cli import main; print(CliRunner().invoke(main, ['--help']).output); print('django' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", program], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True).stdout

    assert said.rstrip().endswith("False")
    assert all(f"\n  {name} " in said for name in ("db", "manage", "serve", "stop", "worker"))
    assert "prepare" not in said


def test_the_launcher_needs_no_host_of_a_registry() -> None:
    files = [*Path(PROJECT_ROOT).glob("requirements*.lock"), PROJECT_ROOT / "Makefile", *(PROJECT_ROOT / "tools").glob("bootstrap*")]

    assert not [file.name for file in files if "://" in file.read_text(encoding="utf-8")]
