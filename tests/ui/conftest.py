"""Rendering a piece of a page, in Chinese unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.template import engines
from django.utils import translation

from tools import messages

Render = Callable[..., str]


@pytest.fixture(scope="session", autouse=True)
def _compiled_catalogues() -> None:
    messages.compile_all()


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def render() -> Render:
    """Return a function that renders template source with the components imported as `ui`."""

    def rendered(source: str, **context: object) -> str:
        head = "{% import 'ui/components.html' as ui %}"
        return str(engines["jinja2"].from_string(head + source).render(context)).strip()

    return rendered
