"""Ties the rooms together when Django is ready."""

from django.apps import AppConfig


class Config(AppConfig):
    """Install verbs and reactions."""

    name = "banjie.config"
    label = "config"

    def ready(self) -> None:
        from banjie.config import reactions

        reactions.install()
