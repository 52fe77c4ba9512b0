"""The frame of every page: who is here, where he may go, what is unread. One query, asked only when a frame is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from banjie.channels.outbox import sends_texts
from banjie.console.queries.owed import title_of_duties
from banjie.people.access import person_of
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.rulebook.program import Program
from banjie.rulebook.queries import active_programs
from banjie.tickets.access import has_any_grant
from banjie.tickets.opening import may_open
from banjie.ui.live import live_url
from banjie.ui.shell import NavItem, Shell, theme_of

_POSTS_AND_UNREAD = """
select coalesce((select array_agg(u.name || ' · ' || r.title order by u.path, r.title)
                 from people_post p join people_unit u on u.id = p.unit_id join people_role r on r.id = p.role_id
                 where p.member_id = %s and p.until is null), '{}'),
       (select count(*) from (select 1 from channels_notification where member_id = %s and read_at is null limit 100) x)
"""
# Which place a page belongs to when it is none itself; other rooms' pages belong to the first place of their room.
_BELONGS = {
    "console:ticket": "console:queue",
    "console:action": "console:queue",
    "console:duty": "console:duties",
    "insight:breaches": "insight:clauses",
    "insight:finding": "insight:clauses",
    "insight:finding_correct": "insight:clauses",
    "people:course": "people:certificates",
    "people:examinee": "people:certificates",
    "people:results": "people:certificates",
    "people:waiver": "people:certificates",
    "people:waiver_new": "people:certificates",
    "people:waivers": "people:certificates",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A door of the navigation: its address, who may go there, which part of the site it heads, where its count is fetched."""

    title: str
    name: str
    icon: str
    may: bool
    key: str = ""
    group: str = ""
    count: str = ""


class ShellMiddleware:
    """Give every signed-in request its frame, built when the page draws it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.shell = SimpleLazyObject(partial(shell_for, request))  # type: ignore[attr-defined]  # read by ui.shell
        return self.get_response(request)


def shell_for(request: HttpRequest) -> Shell:
    """Return the frame for whoever sends this request; the bare one for nobody."""
    person = person_of(request)
    if person is None:
        return Shell(theme=theme_of(request))
    actor = person.actor
    with connection.cursor() as cursor:
        cursor.execute(_POSTS_AND_UNREAD, [actor.member_id, actor.member_id])
        posts, unread = cursor.fetchone()
    return Shell(
        user_name=actor.name,
        post_titles=tuple(posts),
        nav=tuple(_nav(request, actor)),
        unread=unread,
        home_url=reverse("console:home"),
        search_url=reverse("console:search") if has_any_grant(actor) else "",
        inbox_url=reverse("console:inbox"),
        bell_url=reverse("console:bell"),
        profile_url=reverse("people:profile"),
        account=(NavItem(_("My deputies"), reverse("people:deputies"), "users"),),
        sign_out_url=reverse("account_logout"),
        live_url=live_url(request),
        live_topic=f"member:{actor.member_id}",
        theme=theme_of(request),
    )


def _nav(request: HttpRequest, actor: Actor) -> Iterator[NavItem]:
    """Yield the places that the person may go to and that exist."""
    places = [place for place in _places(request, actor) if place.may]
    current = _current(request.resolver_match.view_name if request.resolver_match else "", [place.name for place in places])
    for place in places:
        try:
            url = reverse(place.name)
        except NoReverseMatch:  # a room without pages yet
            continue
        count_url = reverse(place.count) if place.count else ""
        yield NavItem(place.title, url, place.icon, place.name == current, count_url=count_url, key=place.key, group=place.group)


def _current(here: str, places: list[str]) -> str:
    """Return the one place that a page belongs to, "" when it belongs to none."""
    here = _BELONGS.get(here, here)
    room = here.partition(":")[0]
    if here in places or room == "console":
        return here
    return next((name for name in places if name.partition(":")[0] == room), "")


def _places(request: HttpRequest, actor: Actor) -> Iterator[Place]:
    yield Place(_("My tickets") if own_only(actor) else _("Tickets"), "console:queue", "inbox", has_any_grant(actor), "q", _("Work"))
    yield Place(_("New ticket"), "console:intake", "plus", may_take_requests(request, actor), "n", _("Work"))
    signs = has_any_grant(actor) and anything_is_signed(request)
    yield Place(_("Approvals"), "approval:inbox", "writing-sign", signs, "p", _("Work"), "approval:count")
    yield Place(title_of_duties(programs_of(request)), "console:duties", "checklist", does_duties(actor), "d", _("Work"))
    yield Place(_("Customers"), "customers:list", "users", actor.may(Permission.CUSTOMER_READ) and not own_only(actor), "c", _("Work"))
    yield Place(_("Figures"), "insight:overview", "chart-bar", actor.may(Permission.INSIGHT_READ), "s", _("Regulation"))
    yield Place(_("Clauses"), "insight:clauses", "gavel", actor.may(Permission.INSIGHT_READ), "", _("Regulation"))
    yield Place(_("Rulebooks"), "rulebook:list", "book", actor.may(Permission.RULEBOOK_READ), "r", _("Regulation"))
    yield Place(_("Certificates"), "people:certificates", "certificate", looks_after_certificates(request, actor), "", _("Regulation"))
    yield Place(_("Registration of units"), "deadlines:registrations", "building", registers(request, actor), "", _("Regulation"))
    yield Place(_("Calendars"), "worktime:calendars", "calendar", actor.may(Permission.CALENDAR_MANAGE), "", _("Administration"))
    administers = any(actor.may(p) for p in (Permission.UNIT_MANAGE, Permission.MEMBER_MANAGE))
    yield Place(
        _("Units and members"), "people:units", "sitemap", administers and actor.may(Permission.UNIT_MANAGE), "a", _("Administration")
    )
    yield Place(
        _("Text messages"), "channels:texts", "message", sends_texts() and actor.may(Permission.MEMBER_MANAGE), "", _("Administration")
    )
    log = actor.may(Permission.AUDIT_READ) and not actor.may(Permission.UNIT_MANAGE)
    yield Place(_("Administration log"), "people:log", "file-text", log, "", _("Administration"))


def own_only(actor: Actor) -> bool:
    """Tell whether all posts of the person cover his own work only: an engineer, who lives on his phone."""
    return bool(actor.grants) and all(grant.own_only for grant in actor.grants)


def programs_of(request: HttpRequest) -> list[Program]:
    """Return the active rulebooks; asks the database once in a request."""
    known: list[Program] | None = getattr(request, "banjie_programs", None)
    if known is None:
        known = active_programs()
        request.banjie_programs = known  # type: ignore[attr-defined]  # our own note on the request
    return known


def may_take_requests(request: HttpRequest, actor: Actor) -> bool:
    """Tell whether any active rulebook lets the person open tickets."""
    return any(may_open(program, kind, actor) for program in programs_of(request) for kind in program.types.values())


def anything_is_signed(request: HttpRequest) -> bool:
    """Tell whether any active rulebook has sign-offs; without one the place for them would always be empty."""
    return any(kind.process.signoffs for program in programs_of(request) for kind in program.types.values())


def does_duties(actor: Actor) -> bool:
    """Tell whether the person may look at the duties of the day: whoever reads tickets beyond his own."""
    return any(Permission.TICKET_READ in grant.permissions and not grant.own_only for grant in actor.grants)


def looks_after_certificates(request: HttpRequest, actor: Actor) -> bool:
    """Tell whether an active rulebook has a course that the person examines, or any, if he manages members."""
    programs = programs_of(request) if actor.grants else []
    courses = [course for program in programs for course in program.book.courses.values()]
    return bool(courses) and (actor.may(Permission.MEMBER_MANAGE) or any(actor.holds(course.by) for course in courses))


def registers(request: HttpRequest, actor: Actor) -> bool:
    """Tell whether an active rulebook asks units to register, and the person registers one, sends tickets there, or manages units."""
    programs = programs_of(request) if actor.grants else []
    asked = [(program, program.book.registration) for program in programs]
    roles = {role for program, spec in asked if spec for role in [*spec.by, *_senders(program)]}
    return bool(roles) and (actor.may(Permission.UNIT_MANAGE) or any(actor.holds(role) for role in roles))


def _senders(program: Program) -> Iterator[str]:
    """Yield the roles that dispatch."""
    for process in program.book.processes.values():
        for action in process.actions.values():
            if action.verb == "dispatch":
                yield from action.by
