"""Count which requirements a test proves: `python tools/requirements.py [--check]`.

A test proves a requirement when it carries `@pytest.mark.req("POS-11")`, asserts something, and is neither skipped nor expected to fail.
That is read from the source, so it takes no second; whether the test passes is the suite's business, and a red suite is red anyway.
(Counting only what passed would need a plugin that writes the ids of passed tests and this command reading them. Worth it when
somebody starts to skip at run time; until then a marked test that calls pytest.skip() is refused here.)
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "docs" / "requirements"
MATRIX = CATALOGUE / "matrix.md"
LINE = re.compile(r"^- (?P<id>[A-Z]{3}-\d{2,3}) \| (?P<text>.+) \| (?P<source>.+)$")
TITLE = re.compile(r"^# (?P<id>[A-Z]{3}): (?P<title>.+)$")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of the catalogue."""

    id: str
    text: str
    source: str

    @property
    def procedure(self) -> str:
        return self.id.partition("-")[0]


@dataclass(frozen=True, slots=True, order=True)
class Proof:
    """A marked test: which requirement it claims, where it stands, and what speaks against it ("" when nothing does)."""

    id: str
    test: str
    line: int
    objection: str


def read_catalogue(folder: Path = CATALOGUE) -> tuple[dict[str, str], dict[str, Requirement]]:
    """Return the procedures' titles and all requirements, by id, in the catalogue's order.

    Raises:
        ValueError: a line looks like a requirement and cannot be read, or an id stands twice.
    """
    titles: dict[str, str] = {}
    found: dict[str, Requirement] = {}
    for file in sorted(folder.glob("[A-Z][A-Z][A-Z].md")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if title := TITLE.match(line):
                titles[title["id"]] = title["title"]
            elif match := LINE.match(line):
                if match["id"] in found or not match["id"].startswith(file.stem):
                    raise ValueError(f"{file.name}:{number}: {match['id']} stands twice or in the wrong file")
                found[match["id"]] = Requirement(match["id"], match["text"], match["source"])
            elif line.startswith("- "):
                raise ValueError(f"{file.name}:{number}: write `- ID | text | source`")
    return titles, found


def read_proofs(files: Iterable[Path]) -> list[Proof]:
    """Return every claim of the test files, sorted."""
    return sorted(proof for file in files for proof in _proofs_of(file))


def _proofs_of(file: Path) -> Iterator[Proof]:
    name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    helpers = {node.name for node in ast.walk(tree) if isinstance(node, Function) and _asserts(node, set())}
    for function, marks, path in _tests(tree, []):
        ids = [argument for mark in marks if _name(mark).endswith("mark.req") for argument in _arguments(mark)]
        for argument in ids:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield Proof(argument.value, f"{name}::{path}", function.lineno, _objection(function, marks, helpers))
            else:
                yield Proof(ast.unparse(argument), f"{name}::{path}", function.lineno, "write the id as a plain string")


def _tests(node: ast.Module | ast.ClassDef, outer: list[ast.expr], prefix: str = "") -> Iterator[tuple[Function, list[ast.expr], str]]:
    """Yield each test function with its own marks, those of its parameters, its class and its module."""
    shared = [*outer, *_pytestmark(node)]
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _tests(child, [*shared, *child.decorator_list], f"{prefix}{child.name}::")
        elif isinstance(child, Function) and child.name.startswith("test"):
            inner = [
                call
                for decorator in child.decorator_list
                for call in ast.walk(decorator)
                if isinstance(call, ast.Call) and call is not decorator
            ]
            yield child, [*shared, *child.decorator_list, *inner], prefix + child.name


def _pytestmark(node: ast.Module | ast.ClassDef) -> list[ast.expr]:
    values = [
        s.value for s in node.body if isinstance(s, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in s.targets)
    ]
    return [mark for value in values for mark in (value.elts if isinstance(value, ast.List | ast.Tuple) else [value])]


def _name(mark: ast.expr) -> str:
    return ast.unparse(mark.func if isinstance(mark, ast.Call) else mark)


def _arguments(mark: ast.expr) -> list[ast.expr]:
    return mark.args if isinstance(mark, ast.Call) else []


def _objection(function: Function, marks: list[ast.expr], helpers: set[str]) -> str:
    if any(re.search(r"mark\.(skip|skipif|xfail)$", _name(mark)) for mark in marks):
        return "it is skipped or expected to fail"
    if any(isinstance(node, ast.Call) and ast.unparse(node.func) in {"pytest.skip", "pytest.xfail"} for node in ast.walk(function)):
        return "it may skip itself"
    return "" if _asserts(function, helpers) else "it asserts nothing"


def _asserts(function: Function, helpers: set[str]) -> bool:
    """Tell whether a function asserts: itself, by pytest.raises, by an assert_/expect call, or through a helper of the same file."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            if (
                called in {"raises", "expect", "refused", "run_state_machine_as_test"}
                or called.startswith("assert_")
                or (called in helpers and called != function.name)
            ):
                return True
    return False


def matrix(titles: Mapping[str, str], catalogue: Mapping[str, Requirement], proofs: Iterable[Proof]) -> str:
    """Return the matrix as Markdown: proven / total per procedure, then the tests of each proven requirement."""
    by_id: dict[str, list[str]] = {}
    for proof in proofs:
        if proof.id in catalogue and not proof.objection:
            by_id.setdefault(proof.id, []).append(proof.test)
    lines = ["# Requirements and the tests that prove them", "", "Written by `make requirements`; do not edit.", ""]
    lines += [f"Proven: {len(by_id)} of {len(catalogue)}.", "", "| Procedure | Proven | Of | Open |", "|---|---|---|---|"]
    groups = {code: [r for r in catalogue.values() if r.procedure == code] for code in titles}
    for code, group in groups.items():
        still_open = [r.id.partition("-")[2] for r in group if r.id not in by_id]
        lines.append(f"| [{code}]({code}.md) {titles[code]} | {len(group) - len(still_open)} | {len(group)} | {' '.join(still_open)} |")
    for code, group in groups.items():
        proven = [r for r in group if r.id in by_id]
        lines += ["", f"## {code}", "", "| Requirement | Tests |", "|---|---|"] if proven else []
        lines += [
            f"| {r.id} {r.text.replace('|', '/')} | {'<br>'.join(f'`{test}`' for test in dict.fromkeys(by_id[r.id]))} |" for r in proven
        ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Print proven / total per procedure and write the matrix; with --check only compare it. Return 1 when something is wrong."""
    titles, catalogue = read_catalogue()
    proofs = read_proofs((ROOT / "tests").rglob("test_*.py"))
    complaints = [f"{p.test} (line {p.line}): no requirement {p.id}" for p in proofs if p.id not in catalogue]
    complaints += [f"{p.test} (line {p.line}): does not prove {p.id}: {p.objection}" for p in proofs if p.id in catalogue and p.objection]
    text = matrix(titles, catalogue, proofs)
    if "--check" not in arguments:
        MATRIX.write_text(text, encoding="utf-8")
        for code in titles:
            ids = {r.id for r in catalogue.values() if r.procedure == code}
            print(f"{code}  {len(ids & {p.id for p in proofs if not p.objection}):3} / {len(ids):3}  {titles[code]}")
    elif not MATRIX.exists() or MATRIX.read_text(encoding="utf-8") != text:
        complaints.append("docs/requirements/matrix.md is stale: run `make requirements` and commit it")
    proven = {p.id for p in proofs if not p.objection} & set(catalogue)
    print(*complaints, f"{len(proven)} of {len(catalogue)} requirements proven by {len({p.test for p in proofs})} marked tests", sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
