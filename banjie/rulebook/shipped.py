"""The rulebooks that come with Banjie."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from banjie.people.actor import Actor
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.verbs.versions import activate, propose, save_draft

FOLDER = Path(__file__).resolve().parents[2] / "rulebooks"


def shipped_text(slug: str) -> str:
    """Return the text of a shipped rulebook.

    Raises:
        FileNotFoundError: none has this name.
    """
    return (FOLDER / f"{slug}.yaml").read_text(encoding="utf-8")


def install_shipped(slug: str, *, by: Actor, at: datetime) -> RulebookVersion:
    """Activate a shipped rulebook, unless a version of it is active already."""
    active = RulebookVersion.objects.filter(rulebook__slug=slug, status=RulebookVersion.Status.ACTIVE).first()
    if active is not None:
        return active
    version = save_draft(shipped_text(slug), by=by, at=at)
    propose(version.pk, by=by, at=at)
    return activate(version.pk, by=by, at=at)
