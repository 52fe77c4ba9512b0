"""The gallery and the frame around every page."""

from __future__ import annotations

import re

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import translation

from banjie.ui import views
from banjie.ui.shell import NavItem, Shell

HANDLERS = re.compile(r"\s(?:style|on[a-z]+|hx-on[^=]*)=\"")


def page(rf: RequestFactory, language: str = "zh-hans", **shell: object) -> str:
    request: HttpRequest = rf.get("/ui/gallery")
    with translation.override(language):
        request.shell = Shell(**shell)  # type: ignore[attr-defined, arg-type]  # as an upper room's middleware does
        return views.gallery(request).content.decode()


@pytest.mark.parametrize(("language", "title", "lang"), [("zh-hans", "组件", "zh-CN"), ("en", "Components", "en")])
def test_the_gallery_renders_in_both_languages(rf: RequestFactory, language: str, title: str, lang: str) -> None:
    html = page(rf, language)

    assert f"<title>{title} · 办结</title>" in html
    assert f'<html lang="{lang}"' in html


def test_no_page_code_is_inline(rf: RequestFactory) -> None:
    html = page(rf)

    assert not HANDLERS.search(html)
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", html)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)


def test_the_frame_shows_who_is_here_and_where_to_go(rf: RequestFactory) -> None:
    nav = (NavItem("待办", "/queue", "inbox", active=True, badge=12, key="q", group="工单"), NavItem("客户", "/customers", "users"))

    html = page(rf, user_name="王示例", post_titles=("坐席",), nav=nav, unread=120, inbox_url="/inbox", search_url="/search")

    assert '<a class="sidebar-item" href="/queue" aria-current="page" data-go="q"' in html
    assert '<span class="sidebar-badge">12</span>' in html
    assert "99+" in html
    assert 'action="/search"' in html
    assert "坐席" in html


def test_a_bare_shell_leaves_out_what_it_has_no_address_for(rf: RequestFactory) -> None:
    html = page(rf)

    assert 'role="search"' not in html
    assert "data-live-state" not in html
    assert "icon-button-count" not in html


@pytest.mark.parametrize(("cookie", "attribute"), [("dark", 'data-bs-theme="dark"'), ('"><b>', 'data-theme-choice="auto"')])
def test_the_theme_follows_the_cookie_and_nothing_else(rf: RequestFactory, cookie: str, attribute: str) -> None:
    rf.cookies["theme"] = cookie

    html = page(rf)

    assert attribute in html


@pytest.mark.parametrize(("view", "status"), [(views.bad_request, 400), (views.forbidden, 403), (views.not_found, 404)])
def test_an_error_page_says_what_to_do(rf: RequestFactory, view: object, status: int) -> None:
    response = view(rf.get("/nowhere"), Exception())  # type: ignore[operator]

    assert response.status_code == status
    assert "回到首页" in response.content.decode()


def test_the_page_of_a_broken_request_needs_neither_session_nor_database(rf: RequestFactory) -> None:
    response = views.broken(rf.get("/"))

    assert response.status_code == 500
    assert "没有改动任何内容" in response.content.decode()
