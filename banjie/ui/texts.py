"""The few sentences that the browser code itself says, in the person's language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def browser_texts() -> dict[str, str]:
    """Return the texts of `frontend/js`, which reads them from the page."""
    return {
        "minutes": _("%(n)d min"),
        "hours": _("%(n)d h"),
        "hours_minutes": _("%(h)d h %(m)d min"),
        "days": _("%(n)d d"),
        "days_hours": _("%(d)d d %(h)d h"),
        "left": _("%(span)s left"),
        "over": _("%(span)s over"),
        "live": _("Live"),
        "reconnecting": _("Reconnecting"),
        "network": _("No connection. Nothing was saved; what you typed is still here."),
        "retry": _("Try again"),
        "failed": _("The server could not do this. Try again; if it stays, tell your administrator."),
        "forbidden": _("Your role does not allow this."),
        "gone": _("This is no longer here, or not yours to see."),
        "too_large": _("This file is too large. At most %(limit)s is accepted."),
        "restored": _("What you typed before was put back."),
        "discard": _("Discard"),
        "copied": _("Copied"),
        "close": _("Close"),
        "theme_auto": _("Theme: as the system"),
        "theme_light": _("Theme: light"),
        "theme_dark": _("Theme: dark"),
        "still_signed_out": _("Still signed out. Sign in in the other window first."),
    }
