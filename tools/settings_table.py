"""Write the table of settings in docs/operations.md from `Environment`: `python tools/settings_table.py [--check]`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from banjie.config.environment import PROJECT_ROOT, Environment  # noqa: E402

PAGE = ROOT / "docs" / "operations.md"
BEGIN, END = "<!-- settings: written by tools/settings_table.py -->", "<!-- end of settings -->"


def table() -> str:
    """Return the table, one row for each variable."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for field in Environment.model_fields.values():
        default = field.default
        if isinstance(default, Path):
            default = default.relative_to(PROJECT_ROOT)
        shown = (
            {"": "unset", True: "1", False: "0"}.get(default, default)
            if not isinstance(default, int) or isinstance(default, bool)
            else default
        )
        rows.append(f"| `{field.alias}` | {shown} | {field.description} |")
    return "\n".join(rows)


def with_table(page: str) -> str:
    """Return the page with the present table between its marks."""
    before, _mark, rest = page.partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def main() -> int:
    """Write the page, or with --check tell whether it is as it should be."""
    page = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        return int(with_table(page) != page)
    PAGE.write_text(with_table(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
