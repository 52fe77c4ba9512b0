"""The live-update process: `uvicorn banjie.config.live:app`."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.config.settings")
django.setup()

from banjie.config.streams import app  # noqa: E402 - Django first
from banjie.server.processes import follow_parent  # noqa: E402

if "BANJIE_SUPERVISED" in os.environ:
    follow_parent()

__all__ = ["app"]
