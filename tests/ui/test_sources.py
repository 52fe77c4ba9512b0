"""What the face's sources must hold: translations, icons, sizes of what the browser loads."""

from __future__ import annotations

import re
from pathlib import Path

from tools import messages

ROOT = Path(__file__).resolve().parents[2]
# ui.icon('x'), icon='x', icon="x", "icon": "x", 'icon': 'x', NavItem(title, url, "x"
ICON = re.compile(r"(?:icon\(|icon=|[\"']icon[\"']:\s*)[\"']([a-z0-9-]+)[\"']")


def test_every_text_of_the_face_is_chinese_too() -> None:
    assert messages.problems(ROOT / "banjie" / "ui") == []


def test_every_icon_that_is_used_is_in_the_sprite() -> None:
    sprite = set((ROOT / "frontend" / "icons.txt").read_text(encoding="utf-8").split("\n"))
    sources = [*ROOT.glob("banjie/*/templates/**/*.html"), *ROOT.glob("banjie/**/*.py")]

    missing = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in sources
        for name in ICON.findall(file.read_text(encoding="utf-8"))
        if name not in sprite
    }

    assert not missing


def test_packages_are_pinned_and_name_no_registry() -> None:
    manifest = (ROOT / "package.json").read_text(encoding="utf-8")
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")

    assert not re.search(r'": "[\^~*]', manifest)
    assert '"resolved"' not in lock
    assert '"integrity"' in lock
