"""A ticket's timeline as its page draws it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from banjie.console.queries.sheet import Sheet
from banjie.tickets.story import Entry, story

PAGE = 25
FIRST = 2**31 - 1
_VERBS = {
    "accept": ("phone-incoming", "info"),
    "guide": ("headset", "info"),
    "register": ("edit", "neutral"),
    "append": ("message-plus", "warn"),
    "classify": ("tag", "neutral"),
    "dispatch": ("send", "info"),
    "sign": ("user-check", "info"),
    "refuse": ("arrow-back-up", "warn"),
    "send_back": ("arrow-back-up", "warn"),
    "transfer": ("arrows-exchange", "info"),
    "acknowledge": ("check", "neutral"),
    "book": ("calendar-event", "info"),
    "miss": ("calendar-time", "warn"),
    "start": ("player-play", "info"),
    "report_blocked": ("player-pause", "warn"),
    "extend": ("calendar-time", "warn"),
    "complete": ("circle-check", "ok"),
    "record": ("note", "neutral"),
    "progress": ("progress", "neutral"),
    "escalate": ("trending-up", "warn"),
    "charge": ("coin", "neutral"),
    "approve": ("writing-sign", "ok"),
    "hand_over": ("arrows-exchange", "info"),
    "withdraw": ("arrow-back-up", "neutral"),
    "urge": ("bolt", "warn"),
    "supervise": ("eye", "warn"),
    "comment": ("message-circle", "neutral"),
    "verify": ("clipboard-check", "ok"),
    "call_back": ("phone-outgoing", "ok"),
    "inspect": ("search", "ok"),
    "close": ("archive", "ok"),
    "archive": ("archive", "ok"),
    "reopen": ("repeat", "warn"),
    "cancel": ("ban", "neutral"),
}
_KINDS = {
    "warned": ("clock", "warn"),
    "breached": ("clock-exclamation", "bad"),
    "escalated": ("trending-up", "bad"),
    "paused": ("clock-pause", "neutral"),
    "resumed": ("player-play", "neutral"),
    "attached": ("paperclip", "neutral"),
    "linked": ("link", "neutral"),
    "unlinked": ("unlink", "neutral"),
    "phone_shown": ("eye", "neutral"),
    "signatures_void": ("refresh", "warn"),
}
# What happened without anybody's having to look: a bar about it would only disturb.
_QUIET = {"phone_shown"}


def history(page: Sheet, *, before: int = FIRST) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page of the timeline, newest first, and from where the earlier ones go on (None at the beginning)."""
    entries = _story(page, before=before, limit=PAGE + 1)
    return [_drawn(page, entry) for entry in entries[:PAGE]], entries[PAGE - 1].seq if len(entries) > PAGE else None


def news(page: Sheet, seen: int) -> list[dict[str, Any]]:
    """Return what others did since the timeline's entry `seen`, newest first."""
    entries = _story(page, before=FIRST, limit=10)
    return [_drawn(page, entry) for entry in entries if entry.seq > seen and entry.actor != page.actor.name and entry.kind not in _QUIET]


def _story(page: Sheet, *, before: int, limit: int) -> list[Entry]:
    return story(page.it.ticket.id, page.it.ticket.type, page.program, page.reader, before=before, limit=limit)


def _drawn(page: Sheet, entry: Entry) -> dict[str, Any]:
    rule = page.kind.actions.get(entry.action)
    icon, tone = (
        _VERBS.get(rule.spec.verb, ("circle-dot", "neutral"))
        if rule and entry.kind in ("action", "opened")
        else _KINDS.get(entry.kind, ("circle-dot", "neutral"))
    )
    if entry.outcome in ("failed", "dissatisfied", "unreachable", "returned", "rejected"):
        tone = "warn"
    return {
        "seq": entry.seq,
        "at": entry.at,
        "title": entry.title,
        "icon": icon,
        "tone": tone,
        "actor": entry.actor if entry.door != "system" else "",
        "by_system": entry.door == "system",
        "details": entry.details,
        "changes": [(_("State"), entry.from_state, entry.to_state)] if entry.moved and entry.from_state else [],
        "clause": rule.clause if rule and entry.kind == "action" else "",
        "digest": entry.digest,
    }
