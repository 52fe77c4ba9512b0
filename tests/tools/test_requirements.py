"""The catalogue can be read whole, and a claim that proves nothing is named."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tools.requirements import CATALOGUE, Requirement, matrix, read_catalogue, read_proofs

KNOWN = {"POS-11": Requirement("POS-11", "Dispatch within 10 minutes", "000-D"), "POS-12": Requirement("POS-12", "Direct", "000-D")}


def objections(folder: Path, code: str) -> dict[str, str]:
    file = folder / "test_x.py"
    file.write_text(dedent(code), encoding="utf-8")
    return {proof.id: proof.objection for proof in read_proofs([file])}


def test_the_catalogue_holds_all_procedures_and_requirements() -> None:
    titles, requirements = read_catalogue()

    assert len(titles) == 51
    assert len(requirements) >= 769
    assert requirements["POS-11"].source == "000-D 五.3"
    assert {requirement.procedure for requirement in requirements.values()} == set(titles)


def test_the_overview_names_the_true_number_of_requirements_of_each_procedure() -> None:
    titles, requirements = read_catalogue()
    overview = (CATALOGUE / "README.md").read_text(encoding="utf-8")

    for code in titles:
        count = sum(requirement.procedure == code for requirement in requirements.values())
        line = next(line for line in overview.splitlines() if f"[{code}]({code}.md)" in line)
        assert line.endswith(f"| {count} |")


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "POS.md").write_text("# POS: Terminals\n\n- POS-01 | one | a\n- POS-01 | two | b\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"POS\.md:4: POS-01 stands twice"):
        read_catalogue(tmp_path)


def test_a_requirement_without_a_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "POS.md").write_text("# POS: Terminals\n\n- POS-01 | one\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"POS\.md:3: write"):
        read_catalogue(tmp_path)


def test_a_marked_test_that_asserts_proves(tmp_path: Path) -> None:
    code = """
        import pytest
        def checked(x): assert x
        @pytest.mark.req("POS-11", "POS-12")
        def test_one(): assert True
        @pytest.mark.req("POS-13")
        def test_two():
            with pytest.raises(ValueError): int("x")
        @pytest.mark.req("POS-14")
        def test_three(): checked(1)
    """

    assert objections(tmp_path, code) == {"POS-11": "", "POS-12": "", "POS-13": "", "POS-14": ""}


def test_marks_on_a_class_a_module_and_a_parameter_count(tmp_path: Path) -> None:
    code = """
        import pytest
        pytestmark = [pytest.mark.django_db, pytest.mark.req("POS-11")]
        @pytest.mark.req("POS-12")
        class TestDispatch:
            @pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.req("POS-13"))])
            def test_one(self, n): assert n
    """

    assert set(objections(tmp_path, code)) == {"POS-11", "POS-12", "POS-13"}


@pytest.mark.parametrize(
    ("body", "objection"),
    [
        ("def test_one(): print(1)", "it asserts nothing"),
        ("@pytest.mark.skip\ndef test_one(): assert 1", "it is skipped or expected to fail"),
        ("@pytest.mark.xfail(reason='later')\ndef test_one(): assert 1", "it is skipped or expected to fail"),
        ("def test_one():\n    pytest.skip('no browser')\n    assert 1", "it may skip itself"),
    ],
)
def test_a_claim_that_proves_nothing_is_named(tmp_path: Path, body: str, objection: str) -> None:
    assert objections(tmp_path, f"import pytest\n@pytest.mark.req('POS-11')\n{body}") == {"POS-11": objection}


def test_an_id_must_be_a_plain_string(tmp_path: Path) -> None:
    found = objections(tmp_path, "import pytest\nX = 'POS-11'\n@pytest.mark.req(X)\ndef test_one(): assert 1")

    assert found == {"X": "write the id as a plain string"}


def test_the_matrix_counts_only_what_is_proven(tmp_path: Path) -> None:
    file = tmp_path / "test_x.py"
    file.write_text(
        "import pytest\n@pytest.mark.req('POS-11')\ndef test_a(): assert 1\n@pytest.mark.req('POS-12')\ndef test_b(): ...\n",
        encoding="utf-8",
    )

    text = matrix({"POS": "Terminals"}, KNOWN, read_proofs([file]))

    assert "Proven: 1 of 2." in text
    assert "| [POS](POS.md) Terminals | 1 | 2 | 12 |" in text
    assert "| POS-11 Dispatch within 10 minutes | `test_x.py::test_a` |" in text
