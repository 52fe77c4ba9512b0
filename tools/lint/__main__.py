"""Run the house rules over the repository: `python -m tools.lint [path ...]`."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tools.lint import budgets, domain, rooms, templates, words
from tools.lint.source import ROOT, RULES, Allowance, Finding, Source, allowances

FAMILIES = (budgets, domain, rooms, templates, words)  # importing them registers their rules
BINARY = {".png", ".jpg", ".ico", ".woff2", ".xlsx", ".pdf", ".mo", ".gz", ".zip", ".ttf"}
SKIPPED = {"node_modules", ".venv", "var", "__pycache__", "dist"}
GENERATED = {"package-lock.json", "requirements.lock", "requirements-dev.lock"}


def repository(paths: Iterable[str] = ()) -> list[Source]:
    """Return the text files that git knows or would add, below the given paths; without git, those on disk."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines() or [str(file.relative_to(ROOT)) for file in ROOT.rglob("*")]
    wanted = tuple(paths)
    return [
        Source(name, (ROOT / name).read_text(encoding="utf-8"))
        for name in sorted(names)
        if (ROOT / name).is_file() and Path(name).suffix not in BINARY and not SKIPPED & set(Path(name).parts)
        if not wanted or name.startswith(wanted)
    ]


def reads(kind: str, source: Source) -> bool:
    """Tell whether a rule of this kind reads the file."""
    is_migration = "migrations" in source.parts
    match kind:
        case "python":
            return source.is_python and not is_migration
        case "code":
            return source.is_python and not is_migration and source.parts[0] != "tests"
        case "templates":
            return source.is_template
        case _:
            return source.name not in GENERATED


def check(sources: Iterable[Source]) -> tuple[list[Finding], list[Allowance]]:
    """Return what is broken, and the exceptions in use; an exception without a reason or a use is broken too."""
    findings: list[Finding] = []
    used: list[Allowance] = []
    for source in sources:
        asked = allowances(source)
        raw = [finding for kind, rule in RULES.values() if reads(kind, source) for finding in rule(source)]
        kept = [finding for finding in raw if not any(allowance.covers(finding) for allowance in asked)]
        useful = [allowance for allowance in asked if any(allowance.covers(finding) for finding in raw)]
        findings += kept
        findings += [
            Finding(a.path, a.line, "useless-exception", f"nothing here breaks {a.rule}: remove the comment")
            for a in asked
            if a not in useful
        ]
        findings += [
            Finding(a.path, a.line, "useless-exception", f"say why: `lint: allow {a.rule}: <reason>`") for a in useful if not a.reason
        ]
        used += useful
    return sorted(findings), used


def main(paths: list[str]) -> int:
    """Print every finding and the number of exceptions; return 1 when a rule is broken."""
    sources = repository(paths)
    findings, used = check(sources)
    for finding in findings:
        print(finding)
    counts = ", ".join(f"{rule} {count}" for rule, count in sorted(Counter(a.rule for a in used).items()))
    print(f"{len(RULES)} house rules, {len(sources)} files, {len(findings)} findings; exceptions: {counts or 'none'}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
