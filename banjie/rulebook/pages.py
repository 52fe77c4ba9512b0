"""What the pages of the rulebooks show, ready for the templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from banjie.kernel.errors import Unseen
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.rulebook.approving import approver_in_force, may_return, refusal_to_approve
from banjie.rulebook.check import Report, check
from banjie.rulebook.explain.diff import compare, lines
from banjie.rulebook.explain.page import explain
from banjie.rulebook.explain.words import title
from banjie.rulebook.language import Book
from banjie.rulebook.models import Rulebook, RulebookVersion
from banjie.rulebook.records import NotReady
from banjie.rulebook.shipped import shipped_text, shipped_titles

Status = RulebookVersion.Status
_TONES = {Status.DRAFT: "neutral", Status.PROPOSED: "warn", Status.APPROVED: "info", Status.ACTIVE: "ok", Status.RETIRED: "neutral"}
_SHOWN = (Status.ACTIVE, Status.APPROVED, Status.PROPOSED, Status.DRAFT)
_MOST = 200
_EMPTY = """\
rulebook: my-regulation
title: 管理办法
calendar: cn-24h
clauses:
  一: 条款原文
roles:
fields:
types:
processes:
"""


def seen_version(version_id: int) -> RulebookVersion:
    """Return a version with its rulebook and people.

    Raises:
        Unseen: there is none.
    """
    found = RulebookVersion.objects.select_related("rulebook", "created_by", "approved_by").filter(pk=version_id).first()
    if found is None:
        raise Unseen
    return found


def seen_draft(version_id: int) -> RulebookVersion:
    """Return a draft for the editor.

    Raises:
        Unseen: there is no such version.
        NotReady: it is no draft any more.
    """
    found = seen_version(version_id)
    if found.status != Status.DRAFT:
        raise NotReady(_("This version is no draft any more. Make a new draft from its text."))
    return found


def _versions(rulebook_id: int | None = None) -> QuerySet[RulebookVersion]:
    found = (
        RulebookVersion.objects.select_related("rulebook", "created_by", "approved_by")
        .defer("source")
        .order_by("rulebook__title", "-number")
    )
    return found if rulebook_id is None else found.filter(rulebook_id=rulebook_id)


def list_page(actor: Actor, now: datetime) -> dict[str, Any]:
    """Return the rulebooks: of each the active version, and what is drafted or waits for approval."""
    versions: dict[int, list[RulebookVersion]] = {}
    for version in _versions().exclude(status=Status.RETIRED)[:_MOST]:
        versions.setdefault(version.rulebook_id, []).append(version)
    books = [_entry(book, versions.get(book.pk, [])) for book in Rulebook.objects.order_by("title")[:_MOST]]
    may_edit = actor.may(Permission.RULEBOOK_EDIT)
    known = {entry["book"].slug for entry in books}
    shipped = [(slug, title) for slug, title in shipped_titles().items() if slug not in known] if may_edit else []
    return {"books": books, "may_edit": may_edit, "shipped": shipped, "now": now}


def _entry(book: Rulebook, versions: list[RulebookVersion]) -> dict[str, Any]:
    by_status = {status: [v for v in versions if v.status == status] for status in _SHOWN}
    return {
        "book": book,
        "active": next(iter(by_status[Status.ACTIVE]), None),
        "waiting": [*by_status[Status.APPROVED], *by_status[Status.PROPOSED]],
        "drafts": by_status[Status.DRAFT],
        "first": next((v for found in by_status.values() for v in found), None),
    }


def beginning(asked: Mapping[str, str]) -> str:
    """Return the text with which a new draft begins.

    Raises:
        Unseen: a version or shipped regulation is asked for that does not exist.
    """
    if asked.get("version", "").isdecimal():
        return seen_version(int(asked["version"])).source
    if slug := asked.get("shipped", ""):
        if slug not in shipped_titles():
            raise Unseen
        return shipped_text(slug)
    return _EMPTY


def problems_page(report: Report) -> dict[str, Any]:
    """Return the problems of a text by severity, and how much was found."""
    tones = {"error": ("bad", _("wrong")), "unset": ("warn", _("not set")), "unavailable": ("info", _("not built yet"))}
    tones["remark"] = ("neutral", _("for information"))
    shown = [(problem, *tones[problem.severity]) for problem in [*report.problems, *report.remarks][:_MOST]]
    more, wrong = max(0, len(report.problems) + len(report.remarks) - _MOST), len(report.problems)
    return {"problems": shown, "more": more, "wrong": wrong, "errors": len(report.errors), "ready": report.may_activate}


def version_page(version: RulebookVersion, tab: str, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return a version: its explanation, or one of the other tabs."""
    report = check(version.source)
    active = RulebookVersion.objects.filter(rulebook=version.rulebook_id, status=Status.ACTIVE).exclude(pk=version.pk).first()
    tabs = {"": _("Explanation"), "text": _("Text"), "changes": _("Changes"), "history": pgettext("rulebook", "Versions")}
    shown = tab if tab in tabs else ""
    here = reverse("rulebook:version", args=[version.pk])
    return {
        "version": version,
        "title": title(report.book) if report.book else version.rulebook.title,
        "tone": _TONES[Status(version.status)],
        "tab": shown,
        "tabs": [{"title": word, "url": f"{here}?tab={key}" if key else here, "active": key == shown} for key, word in tabs.items()],
        "page": explain(report) if not report.errors and not shown else None,
        "report": report,
        "active": active,
        "changes": compare(active.source, version.source) if active and shown == "changes" else (),
        "lines": lines(active.source, version.source) if active and shown == "changes" else (),
        "history": list(_versions(version.rulebook_id)[:_MOST]) if shown == "history" else [],
        "tones": _TONES,
        "facts": _facts(version, report.book),
        "may": _may(version, report, actor),
        "now": now,
    }


def _facts(version: RulebookVersion, book: Book | None) -> list[tuple[str, str]]:
    system = _("the system")
    facts = [
        (pgettext("rulebook", "Name"), version.rulebook.slug),
        (_("Written by"), version.created_by.name if version.created_by else system),
    ]
    if book is not None:
        named = approver_in_force(version)
        role = named[1] if named else book.roles.get(book.approver or "")
        approver = title(role) if role else _("whoever may activate rulebooks")
        facts += [(_("Calendar"), book.calendar), (_("Approved by the role"), approver)]
        facts += [(_("Effective"), book.effective)] if book.effective else []
    if version.approved_at:
        facts.append((_("Approved by"), version.approved_by.name if version.approved_by else system))
    return facts


def _may(version: RulebookVersion, report: Report, actor: Actor) -> dict[str, Any]:
    """Say which buttons the reader sees, and why activation is not his to do."""
    draft, waiting = version.status == Status.DRAFT, version.status == Status.PROPOSED
    edits = actor.may(Permission.RULEBOOK_EDIT)
    concerns = edits or may_return(version, actor)
    why = refusal_to_approve(version, report.book, actor) if waiting and report.book else ""
    return {
        "edit": edits and draft,
        "propose": edits and draft and report.may_activate,
        "activate": waiting and report.book is not None and not why,
        "return": (waiting or version.status == Status.APPROVED) and concerns,
        "copy": edits,
        "why_not": why if concerns else "",
    }
