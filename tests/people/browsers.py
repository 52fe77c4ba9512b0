"""Browsers in which somebody is signed in."""

from __future__ import annotations

from django.test import Client

from banjie.people.models import Member
from tests.cast import Person

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def browser(person: Person) -> Client:
    """Return a browser signed in as `person`."""
    client = Client()
    client.force_login(Member.objects.get(pk=person.member.pk), backend=BACKEND)
    return client
