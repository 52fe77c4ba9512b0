"""The sentence of each kind of notification, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

# How each kind looks: its tone and its icon.
LOOKS = {
    "dispatched": ("info", "send"),
    "relayed": ("info", "arrow-forward-up"),
    "sent_back": ("warn", "arrow-back-up"),
    "transferred": ("neutral", "arrows-exchange"),
    "urged": ("warn", "bolt"),
    "supervised": ("warn", "eye"),
    "dissatisfied": ("bad", "mood-sad"),
    "warned": ("warn", "clock"),
    "breached": ("bad", "clock-exclamation"),
    "escalated": ("bad", "trending-up"),
    "duty_broken": ("bad", "checklist"),
    "told": ("info", "message"),
    "copied": ("info", "copy"),
    "entered": ("info", "arrow-big-right"),
    "repeated": ("bad", "repeat"),
    "appended": ("warn", "message-plus"),
    "to_sign": ("info", "writing-sign"),
    "approved": ("ok", "circle-check"),
    "not_approved": ("warn", "arrow-back-up"),
    "signature_void": ("warn", "refresh"),
    "copy_to_sign": ("info", "writing-sign"),
}


def sentence(kind: str, actor: str, behalf: str = "") -> str:
    """Return what happened, to a deputy with for whom he is told. Kinds of later rulebooks that have no sentence yet show their name."""
    if behalf and kind == "to_sign":
        return _("%(actor)s asks for your signature, for %(names)s") % {"actor": actor, "names": behalf}
    sentences = {
        "dispatched": _("%(actor)s dispatched this ticket to you"),
        "relayed": _("%(actor)s relayed this ticket to your unit: dispatch it"),
        "sent_back": _("%(actor)s sent this ticket back: dispatch it anew"),
        "transferred": _("%(actor)s transferred this ticket from you to another person"),
        "urged": _("%(actor)s urges you to go on with this ticket"),
        "supervised": _("%(actor)s supervises this ticket"),
        "dissatisfied": _("The customer is not satisfied: the ticket is back in work"),
        "warned": _("A time limit of this ticket runs out soon"),
        "breached": _("A time limit of this ticket was exceeded"),
        "escalated": _("This ticket is overdue and was escalated to you"),
        "duty_broken": _("A duty of the day was not kept"),
        "to_sign": _("%(actor)s asks for your signature"),
        "approved": _("What you applied for is approved"),
        "not_approved": _("%(actor)s did not approve what you applied for"),
        "signature_void": _("%(actor)s changed what you have signed: your signature no longer counts"),
        "copy_to_sign": _("%(actor)s froze a ledger and asks for your signature"),
        "told": _("%(actor)s tells you about this ticket"),
        "copied": _("%(actor)s sent you a copy of this ticket"),
        "entered": _("%(actor)s brought this ticket to you: it is your turn"),
        "repeated": _("The same happened to this ticket again: look after it"),
        "appended": _("The customer called again about this ticket; %(actor)s noted what he said"),
    }
    return sentences.get(kind, kind) % {"actor": actor}
