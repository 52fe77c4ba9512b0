"""Fixtures that every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import translation

from tests.cast import cast, cast_rows
from tests.chromium import one_chromium
from tests.pos import pos, pos_rows

__all__ = ["cast", "cast_rows", "files_of_this_process", "first_language", "one_chromium", "pos", "pos_rows", "unbuilt_static_files"]


@pytest.fixture(scope="session", autouse=True)
def unbuilt_static_files() -> Iterator[None]:
    """Let pages name static files by their plain names: no test needs the bundle, nor a manifest of it."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        yield


@pytest.fixture(scope="session", autouse=True)
def files_of_this_process(unbuilt_static_files: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep attachments in a folder that no other test process writes to."""
    folder = tmp_path_factory.mktemp("files")
    given: Any = settings.STORAGES["default"]
    kept = given | {"OPTIONS": given["OPTIONS"] | {"location": folder}}
    with override_settings(STORAGES=settings.STORAGES | {"default": kept}):
        yield folder


@pytest.fixture(autouse=True)
def first_language() -> Iterator[None]:
    """Let each test begin in Chinese: a request for an English page leaves its thread in English."""
    yield
    translation.deactivate()
