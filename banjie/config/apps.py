"""Ties the rooms together when Django is ready."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class Config(AppConfig):
    """Install verbs and reactions; let every room say what its entries in the administration log are called."""

    name = "banjie.config"
    label = "config"

    def ready(self) -> None:
        from banjie.config import reactions

        reactions.install()
        for room in apps.get_app_configs():
            if room.name.startswith("banjie.") and find_spec(f"{room.name}.events"):
                import_module(f"{room.name}.events")
