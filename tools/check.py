"""The gate before every commit, `make lint`: each step by name, all of them, and a summary of what to mend.

`python tools/check.py` runs all steps, `python tools/check.py types layers` only those. No step needs a running database.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
MOST_LINES = 60  # of a broken gate; run it alone for all
TREES = ["banjie", "tools", "tests", "bench"]
# The settings must load without a server, and without writing secrets anywhere.
ENVIRONMENT = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "BANJIE_SECRET_KEY": "only-for-the-gate-" * 2,
    "BANJIE_CHAIN_KEY": "only-for-the-gate-" * 2,
    "DJANGO_SETTINGS_MODULE": "banjie.config.settings",
    "PYTHONPATH": str(ROOT),
    "PYTHONWARNINGS": "ignore::RuntimeWarning",  # makemigrations says that it cannot ask the server which migrations ran
}


@dataclass(frozen=True, slots=True)
class Step:
    """One gate: its name, what it says when broken, and its command."""

    name: str
    mend: str
    command: list[str]


def python(*arguments: str) -> list[str]:
    """Return the command that runs Python of this venv."""
    return [sys.executable, *arguments]


def steps() -> list[Step]:
    """Return the gates, the fast ones first."""
    trees = [tree for tree in TREES if (ROOT / tree).is_dir()]
    found = [
        Step("format", "ruff format <file>", [str(BIN / "ruff"), "format", "--check", *trees]),
        Step("lint", "ruff check --fix <file>; every ignore is explained in pyproject.toml", [str(BIN / "ruff"), "check", *trees]),
        Step("house", "the docstrings in tools/lint/ say why each rule stands", python("-m", "tools.lint")),
        Step("layers", "a room imports only rooms below it: .importlinter", [str(BIN / "lint-imports"), "--no-cache"]),
        Step("requirements", "make requirements", python("tools/requirements.py", "--check")),
        Step("templates", "djlint banjie --lint", [str(BIN / "djlint"), "banjie", "--lint", "--quiet"]),
        Step("messages", "python tools/messages.py update <room>", python("tools/messages.py", "check")),
        Step("migrations", "python -m django makemigrations <room>", python("-m", "django", "makemigrations", "--check", "--dry-run")),
        Step("types", "mypy --strict, settings in pyproject.toml", [str(BIN / "mypy")]),
    ]
    return [step for step in found if step.name != "messages" or (ROOT / "tools" / "messages.py").exists()]


def run(step: Step) -> tuple[bool, float, str]:
    """Run one gate; return whether it holds, its seconds and what it printed."""
    begun = time.monotonic()
    done = subprocess.run(step.command, cwd=ROOT, env=os.environ | ENVIRONMENT, capture_output=True, text=True, check=False)
    return done.returncode == 0, time.monotonic() - begun, (done.stdout + done.stderr).strip()


def shortened(output: str) -> str:
    """Return the first lines of an output, and how many more there are."""
    lines = output.splitlines()
    more = [f"... and {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    return "\n".join([*lines[:MOST_LINES], *more])


def main(names: list[str]) -> int:
    """Run the named gates, or all; print a line for each as it ends, then what the broken ones say."""
    chosen = [step for step in steps() if not names or step.name in names]
    if unknown := set(names) - {step.name for step in steps()}:
        print(f"no such step: {', '.join(sorted(unknown))}; there are: {', '.join(step.name for step in steps())}")
        return 2
    broken: list[tuple[Step, str]] = []
    for step in chosen:
        print(f"  {step.name:<13}", end="", flush=True)
        holds, seconds, output = run(step)
        print(f"{'holds' if holds else 'BROKEN'} {seconds:7.1f} s", flush=True)
        if not holds:
            broken.append((step, output))
    for step, output in broken:
        print(f"\n── {step.name} " + "─" * (75 - len(step.name)) + f"\n{shortened(output)}")
    names_of_broken = ", ".join(f"{step.name} ({step.mend})" for step, _ in broken)
    print(f"\n{len(chosen) - len(broken)} of {len(chosen)} gates hold." + (f" To mend: {names_of_broken}" if broken else ""))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
