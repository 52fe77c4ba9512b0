"""The people whom this process knows for the moment."""

from __future__ import annotations

from dataclasses import dataclass

from banjie.people.actor import Actor
from banjie.people.memory import Memory


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person at a door: the actor, and what pages need besides."""

    actor: Actor
    username: str
    language: str
    must_change_password: bool


PEOPLE: Memory[SignedIn] = Memory()


def session_memory(session_key: str) -> str:
    """Return the key under which a signed-in browser is remembered."""
    return "session:" + session_key
