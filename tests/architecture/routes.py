"""Who may open which door: the one table that every page and every REST operation stands in.

A new route fails `test_routes.py` until it is listed here. `path` is written as in urls.py; REST paths as in the API, with "api:" before them.
`may` names people of the cast; `by_whom` below are the usual groups. `arguments` makes example rows where a path has places to fill.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyRun, Finding
from banjie.rulebook.queries import active_program
from banjie.rulebook.shipped import install_shipped, shipped_text
from banjie.rulebook.verbs.versions import propose, save_draft
from banjie.tickets.attachments import attach
from banjie.tickets.lifecycle import perform
from banjie.tickets.opening import open_ticket
from banjie.worktime.drafts import CalendarDraft
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from banjie.worktime.verbs.save_calendar import save_calendar
from tests.cast import BUILDER, LONG_AGO, Cast
from tests.pos import DETAILS, merchant
from tests.rulebook.books import SMALL

# One of each role; chen_hn and zhao belong to Hunan. "nobody" is not signed in.
PEOPLE = ("nobody", "mallory", "li", "wang_sup", "chen_hn", "boss_hn", "zhao", "admin", "auditor")
ANYBODY = frozenset(PEOPLE)
SIGNED_IN = ANYBODY - {"nobody"}

Arguments = Callable[[Cast], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Route:
    """A door: method and path, who may go through it, and what to try it with."""

    method: str
    path: str
    may: frozenset[str]
    arguments: Arguments = field(default=lambda _cast: {})
    body: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_rest(self) -> bool:
        return self.path.startswith("api:")


def get(path: str, may: frozenset[str] | set[str], arguments: Arguments = lambda _cast: {}) -> Route:
    """List a page that is read."""
    return Route("GET", path, frozenset(may), arguments)


def post(
    path: str, may: frozenset[str] | set[str], arguments: Arguments = lambda _cast: {}, body: Mapping[str, object] | None = None
) -> Route:
    """List a form that is sent. Without a body it is refused for its shape (422), which also tells that the door was open."""
    return Route("POST", path, frozenset(may), arguments, body or {})


def calendar_made(cast: Cast) -> Mapping[str, object]:
    """Make a calendar and return its place in a path."""
    draft = CalendarDraft(title="班", tz="Asia/Shanghai", weekly=(((540, 1080),),) * 7)
    save_calendar("walked", draft, by=cast.admin.actor, at=LONG_AGO)
    return {"code": "walked"}


def regulation(cast: Cast) -> Mapping[str, object]:
    """Put the POS regulation to work."""
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    install_shipped("pos-terminal-service", by=BUILDER, at=LONG_AGO)
    return {}


def dispatched(cast: Cast) -> Mapping[str, object]:
    """Dispatch a ticket of Changsha to zhao and return its places in a path."""
    regulation(cast)
    asset = merchant("老王火锅", "HN-CS", {"terminal_no": "T-88001"}, "zhao", cast)
    payload = {**DETAILS, "terminal_no": "T-88001"}
    now = timezone.now()
    number = open_ticket(active_program("pos-terminal-service"), "consumables", payload, by=cast.li.actor, at=now).number
    perform(number, "dispatch", {}, by=cast.li.actor, at=now)
    kept = attach(number, SimpleUploadedFile("a.txt", b"text"), by=cast.li.actor, at=now)
    run_duties(now)
    run = DutyRun.objects.order_by("pk")[0]
    return {"number": number, "name": "urge", "attachment_id": kept.pk, "customer_id": asset.customer_id, "run_id": run.pk}


def judged(cast: Cast) -> Mapping[str, object]:
    """Let a deadline of Changsha be judged and return the result's place in a path."""
    places = dispatched(cast)
    return {"finding_id": Finding.objects.get(ticket__number=places["number"], rule="dispatched").pk}


def rulebook_drafted(cast: Cast) -> Mapping[str, object]:
    """Draft a copy of the POS regulation."""
    regulation(cast)
    return {"version_id": save_draft(shipped_text("pos-terminal-service"), by=BUILDER, at=LONG_AGO).pk}


def rulebook_proposed(cast: Cast) -> Mapping[str, object]:
    """Let a rulebook that names no approver wait for its approval."""
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    version = propose(save_draft(SMALL, by=BUILDER, at=LONG_AGO).pk, by=BUILDER, at=LONG_AGO)
    return {"version_id": version.pk}


READERS = {"li", "wang_sup", "chen_hn", "boss_hn", "zhao", "admin", "auditor"}
OVER_UNITS = READERS - {"zhao"}
RULE_EDITORS = {"admin", "wang_sup"}

ROUTES: tuple[Route, ...] = (
    # the face itself
    get("ui/gallery", ANYBODY),
    post("ui/language", ANYBODY),
    get("ui/session", SIGNED_IN),
    # calendars
    get("calendars/", {"admin"}),
    get("calendars/new", {"admin"}),
    post("calendars/new", {"admin"}),
    get("calendars/template.xlsx", {"admin"}),
    get("calendars/<slug:code>/", {"admin"}, calendar_made),
    get("calendars/<slug:code>/week", {"admin"}, calendar_made),
    post("calendars/<slug:code>/week", {"admin"}, calendar_made),
    post("calendars/<slug:code>/day", {"admin"}, calendar_made),
    post("calendars/<slug:code>/holidays", {"admin"}, calendar_made),
    post("calendars/<slug:code>/upload", {"admin"}, calendar_made),
    # rulebooks
    get("rulebooks/", READERS),
    get("rulebooks/new", RULE_EDITORS),
    post("rulebooks/new", RULE_EDITORS),
    post("rulebooks/check", RULE_EDITORS),
    get("rulebooks/schema.json", READERS),
    get("rulebooks/<int:version_id>/", READERS, rulebook_drafted),
    get("rulebooks/<int:version_id>/edit", RULE_EDITORS, rulebook_drafted),
    post("rulebooks/<int:version_id>/edit", RULE_EDITORS, rulebook_drafted),
    post("rulebooks/<int:version_id>/propose", RULE_EDITORS, rulebook_drafted),
    post("rulebooks/<int:version_id>/activate", {"admin"}, rulebook_proposed),
    post("rulebooks/<int:version_id>/return", RULE_EDITORS, rulebook_proposed, {"reason": "不妥"}),
    get("rulebooks/<int:version_id>/rulebook.yaml", READERS, rulebook_drafted),
    # work
    get("", SIGNED_IN),
    get("search", SIGNED_IN),
    get("tickets/", READERS),
    get("tickets/tabs", READERS),
    get("tickets/export.xlsx", {"wang_sup", "boss_hn", "admin"}),
    get("tickets/new/", {"li", "chen_hn"}, regulation),
    post("tickets/new/", {"li", "chen_hn"}, regulation),
    post("tickets/new/fields", {"li", "chen_hn"}, regulation),
    post("tickets/new/match", {"li", "chen_hn"}, regulation),
    get("tickets/<str:number>/", READERS, dispatched),
    get("tickets/<str:number>/news", READERS, dispatched),
    get("tickets/<str:number>/parts", READERS, dispatched),
    get("tickets/<str:number>/timeline", READERS, dispatched),
    post("tickets/<str:number>/phone", READERS - {"auditor"}, dispatched, {"field": "phone"}),
    get("tickets/<str:number>/actions/<str:name>", READERS, dispatched),
    post("tickets/<str:number>/actions/<str:name>", {"li", "wang_sup", "chen_hn", "boss_hn"}, dispatched),
    post("tickets/<str:number>/files", READERS - {"auditor"}, dispatched),
    get("tickets/<str:number>/files/<int:attachment_id>", READERS, dispatched),
    get("duties/", OVER_UNITS),
    get("duties/<int:run_id>", OVER_UNITS, dispatched),
    get("inbox/", SIGNED_IN),
    get("inbox/bell", SIGNED_IN),
    post("inbox/read", SIGNED_IN),
    get("customers/<int:customer_id>/tickets", OVER_UNITS, dispatched),
    # figures
    get("insight/", OVER_UNITS),
    get("insight/statistics.xlsx", OVER_UNITS, regulation),
    get("insight/clauses", OVER_UNITS),
    get("insight/breaches", OVER_UNITS, regulation),
    get("insight/breaches.xlsx", OVER_UNITS, regulation),
    get("insight/findings/<int:finding_id>", OVER_UNITS, judged),
    post("insight/findings/<int:finding_id>/correct", {"wang_sup", "admin"}, judged),
)
