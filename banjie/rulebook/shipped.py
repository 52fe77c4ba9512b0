"""The rulebooks that come with Banjie."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from banjie.people.actor import Actor
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.source import read_source
from banjie.rulebook.verbs.versions import activate, propose, save_draft

FOLDER = Path(__file__).resolve().parents[2] / "rulebooks"


def shipped_text(slug: str) -> str:
    """Return the text of a shipped rulebook, or of a shipped draft.

    Raises:
        FileNotFoundError: none has this name.
    """
    file = FOLDER / f"{slug}.yaml"
    return (file if file.exists() else FOLDER / "drafts" / f"{slug}.yaml").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def shipped_titles() -> Mapping[str, str]:
    """Return the titles of the shipped regulations and drafts by slug; nothing where the folder was not installed."""
    files = [*sorted(FOLDER.glob("*.yaml")), *sorted((FOLDER / "drafts").glob("*.yaml"))]
    return {file.stem: str(read_source(file.read_text(encoding="utf-8")).data.get("title", file.stem)) for file in files}


def install_shipped(slug: str, *, by: Actor, at: datetime) -> RulebookVersion:
    """Activate a shipped rulebook, unless a version of it is active already."""
    active = RulebookVersion.objects.filter(rulebook__slug=slug, status=RulebookVersion.Status.ACTIVE).first()
    if active is not None:
        return active
    version = save_draft(shipped_text(slug), by=by, at=at)
    propose(version.pk, by=by, at=at)
    return activate(version.pk, by=by, at=at)
