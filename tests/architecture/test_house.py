"""The repository keeps its own rules."""

from __future__ import annotations

import re
import tomllib

from banjie.people.permissions import Permission
from tools.check import ROOT, run, steps
from tools.lint.__main__ import check, repository

# An exception needs a reason beside it and a place here: raise the number only with somebody else's consent.
MOST_EXCEPTIONS = 20


def test_the_house_rules_hold() -> None:
    findings, used = check(repository())

    assert not findings, "\n" + "\n".join(map(str, findings))
    assert len(used) <= MOST_EXCEPTIONS, "\n" + "\n".join(f"{a.path}:{a.line} {a.rule}: {a.reason}" for a in used)


def test_a_room_knows_only_the_rooms_below_it() -> None:
    layers = next(step for step in steps() if step.name == "layers")

    holds, _, output = run(layers)

    assert holds, output


def test_every_permission_is_named_resource_and_action_in_alphabetical_order() -> None:
    values = [permission.value for permission in Permission]

    assert all(re.fullmatch(r"[a-z]+:[a-z]+", value) for value in values)
    assert values == sorted(values)
    assert all(permission.name == permission.value.upper().replace(":", "_") for permission in Permission)


def test_every_dependency_says_why_it_is_here() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]

    silent = [name for name in wanted if not re.search(re.escape(f'"{name}"') + r",\s+# \w", text)]

    assert silent == []


def test_the_readmes_map_names_every_room() -> None:
    rooms = {folder.name for folder in (ROOT / "banjie").iterdir() if (folder / "__init__.py").exists()}

    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert {room for room in rooms if f"{room}/" not in text} == set(), name


def test_the_commands_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, flags=re.MULTILINE))

    for name in ("README.md", "README.zh-CN.md", "STYLE.md"):
        named = set(re.findall(r"(?:`|^ {4})make ([a-z][\w-]*)", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE))
        assert named <= targets, name


def test_every_decision_is_short_and_stands_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")

    for decision in sorted(folder.glob("[0-9]*.md")):
        text = decision.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 40, decision.name
        assert f"({decision.name})" in index, decision.name
        assert all(f"## {heading}" in text for heading in ("Context", "Decision", "Consequences")), decision.name


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = []
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8")):
            if "://" not in target and not (document.parent / target).exists() and target != "docs/screenshot.png":
                broken.append(f"{document.relative_to(ROOT)}: {target}")

    assert broken == []
