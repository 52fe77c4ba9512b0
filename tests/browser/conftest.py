"""A whole site with its processes, and a real browser in front of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from banjie.config.environment import PROJECT_ROOT
from banjie.server import postgres
from tests.browser.people import PASSWORD
from tests.server.conftest import open_folder
from tests.server.test_serve import Serving, variables

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
BUILT = (PROJECT_ROOT / "banjie" / "ui" / "static" / "dist" / "app.js").exists()
SHOTS = os.environ.get("SCREENSHOTS", "")

SignIn = Callable[..., Page]


def shot(page: Page, name: str) -> None:
    """Keep a picture in the folder that SCREENSHOTS names, if it names one."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Serve a new site on free ports; return its address."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install it to drive the pages")
    if not BUILT:
        pytest.skip("the browser code is not built: npm ci && npm run build")
    folder = open_folder()
    serving = Serving(folder / "home")
    try:
        serving.await_ready()
        command = [sys.executable, "-m", "tests.browser.seed"]
        subprocess.run(command, env=variables(folder / "home"), cwd=PROJECT_ROOT, check=True)
        yield serving.url.rstrip("/")
    finally:
        serving.interrupt()
        postgres.discard(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def chromium(site: str, one_chromium: Browser) -> Browser:
    """Return the browser; it is used after the site has started, which may make the test skip."""
    return one_chromium


@pytest.fixture
def sign_in(site: str, chromium: Browser) -> Iterator[SignIn]:
    """Return a function that signs somebody in, with a window of their own: `sign_in("li")`, `sign_in("zhao", width=375)`."""
    contexts = []

    def signed_in(username: str, *, width: int = 1280, theme: str = "light") -> Page:
        phone = width < 500
        context = chromium.new_context(
            viewport={"width": width, "height": 812 if phone else 900},
            locale="zh-CN",
            base_url=site,
            is_mobile=phone,
            has_touch=phone,
            color_scheme="dark" if theme == "dark" else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto("/accounts/login/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/tickets/**")
        return page

    yield signed_in
    for context in contexts:
        context.close()
