"""Rows that fill the places of a path: each function makes them and returns the places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from banjie.channels.models import TextMessage
from banjie.customers.verbs.contacts import ContactDraft, save_contact
from banjie.customers.verbs.phones import PhoneDraft, add_phone
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyRun, Finding
from banjie.insight.period import closed_periods
from banjie.insight.verbs.freeze_ledger import freeze_ledger
from banjie.people.models import Course
from banjie.people.verbs.delegations import DelegationDraft, name_deputy
from banjie.people.verbs.members import deactivate_member
from banjie.people.verbs.tokens import create_token
from banjie.people.verbs.waivers import ask_for_waiver
from banjie.rulebook.queries import active_program
from banjie.rulebook.shipped import install_shipped, shipped_text
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.tickets.attachments import attach
from banjie.tickets.lifecycle import perform
from banjie.tickets.links import link_tickets
from banjie.tickets.opening import open_ticket
from banjie.worktime.drafts import CalendarDraft
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from banjie.worktime.verbs.save_calendar import save_calendar
from tests.cast import BUILDER, LONG_AGO, Cast
from tests.pos import DETAILS, merchant
from tests.rulebook.books import SMALL


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


def kept_ledger(cast: Cast) -> Mapping[str, object]:
    """Put a small regulation to work that keeps a ledger."""
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    text = SMALL + "ledgers:\n  all: {title: 台账, types: job, columns: phone}\n"
    version = propose(save_draft(text, by=BUILDER, at=LONG_AGO).pk, by=BUILDER, at=LONG_AGO)
    activate(version.pk, by=BUILDER, at=LONG_AGO)
    return {}


def frozen_copy(cast: Cast) -> Mapping[str, object]:
    """Let li freeze a ledger that a supervisor of headquarters signs."""
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    ledgers = "ledgers:\n  all: {title: 台账, types: job, columns: phone, freeze: {every: month, by: hq_agent, signed_by: hq_supervisor}}\n"
    text = SMALL.replace("agent: {title: 客服}", "agent: {title: 客服}\n  hq_agent: {title: 总部客服}\n  hq_supervisor: {title: 客服主管}")
    version = propose(save_draft(text + ledgers, by=BUILDER, at=LONG_AGO).pk, by=BUILDER, at=LONG_AGO)
    activate(version.pk, by=BUILDER, at=LONG_AGO)
    month = closed_periods("month", timezone.localdate(), 1)[0]
    copy = freeze_ledger("small-book", "all", month.first, by=cast.li.actor, at=timezone.now())
    return {"copy_id": copy.pk, "book": "small-book", "ledger": "all"}


def printed(cast: Cast) -> Mapping[str, object]:
    """Open a ticket of headquarters whose acceptance prints a sheet."""
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    text = (
        SMALL.replace("by: agent", "by: hq_agent")
        .replace("agent: {title: 客服}", "hq_agent: {title: 客服}")
        .replace("asks: [phone, level]}", "asks: [phone, level], prints: 受理单}")
    )
    version = propose(save_draft(text, by=BUILDER, at=LONG_AGO).pk, by=BUILDER, at=LONG_AGO)
    activate(version.pk, by=BUILDER, at=LONG_AGO)
    done = open_ticket(active_program("small-book"), "job", {"phone": "13800138000", "level": "high"}, by=cast.li.actor, at=timezone.now())
    return {"number": done.number, "name": "accept"}


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


def linked(cast: Cast) -> Mapping[str, object]:
    """Link a ticket of zhao's to another of his."""
    places = dispatched(cast)
    now = timezone.now()
    other = open_ticket(
        active_program("pos-terminal-service"), "consumables", {**DETAILS, "terminal_no": "T-88001"}, by=cast.li.actor, at=now
    ).number
    perform(other, "dispatch", {}, by=cast.li.actor, at=now)
    return {**places, "link_id": link_tickets(str(places["number"]), other, "related", by=cast.li.actor, at=now).pk}


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


def unit_of_hunan(cast: Cast) -> Mapping[str, object]:
    """Return a district that has neither units below nor tickets."""
    return {"unit_id": cast.units["HN-YY"].pk}


def member_of_hunan(cast: Cast) -> Mapping[str, object]:
    """Return an engineer."""
    return {"member_id": cast.liu_hn.member.pk}


def member_who_left(cast: Cast) -> Mapping[str, object]:
    """Return a member who may be taken back."""
    deactivate_member(cast.liu_hn.member, by=BUILDER, at=timezone.now())
    return member_of_hunan(cast)


def post_of_hunan(cast: Cast) -> Mapping[str, object]:
    """Return an engineer's post."""
    return {"post_id": cast.liu_hn.member.posts.get().pk}


def role_of_engineers(cast: Cast) -> Mapping[str, object]:
    """Return the engineers' role."""
    return {"role_id": cast.roles["engineer"].pk}


def token_of_li(cast: Cast) -> Mapping[str, object]:
    """Return a token of Li's."""
    return {"token_id": create_token(name="x", scope="read", expires_at=None, by=cast.li.actor, at=timezone.now()).token.pk}


def delegation_of_li(cast: Cast) -> Mapping[str, object]:
    """Let Zhang be Li's deputy for a day."""
    now = timezone.now()
    draft = DelegationDraft(cast.li.member, cast.zhang.member, now, now + timedelta(days=1))
    return {"delegation_id": name_deputy(draft, by=BUILDER, at=now).pk}


REGISTERED = """\
rulebook: registered-book
title: 登记办法
calendar: cn-24h
clauses: {第六条: 各单位须登记流转环节和处理时限。}
roles: {hq_agent: {title: 客服}}
registration: {clause: 第六条, by: hq_agent, limits: handling, texts: {steps: {title: 流转环节}}}
fields: {text: {title: 内容, as: summary}, target_unit: {title: 承办单位, kind: unit}}
limits:
  handling: {title: 处理时限, clause: 第六条, per: unit}
types:
  slip: {title: 工单, process: circulate, start: taken}
processes:
  circulate:
    title: 流转
    states: {taken: {title: 已受理, stage: dispatch}, sent: {title: 已流转, stage: handling}, done: {title: 办结, stage: closing}}
    actions:
      take: {title: 受理, verb: accept, by: hq_agent, asks: text}
      send: {title: 流转, verb: dispatch, by: hq_agent, from: taken, to: {direct: sent, relay: sent}, needs: target_unit, match: {relay: hq_agent}, clause: 第六条}
      answer: {title: 反馈, verb: record, by: hq_agent, from: sent, to: done, needs: text}
    deadlines:
      handled: {title: 限时处理, clause: 第六条, from: sent, until: answer, within: handling, owner: unit}
"""


def course_of_agents(cast: Cast) -> Mapping[str, object]:
    """Return a course that the agents examine, and an engineer in it."""
    course = Course.objects.create(code="safety", title="安全", pass_mark=60, examiner="hq_agent")
    return {"course_id": course.pk, "member_id": cast.liu_hn.member.pk}


def waiver_asked(cast: Cast) -> Mapping[str, object]:
    """Let Li ask for an exception for an engineer."""
    places = course_of_agents(cast)
    now = timezone.now()
    until = now + timedelta(days=9)
    row = ask_for_waiver(cast.liu_hn.member, Course.objects.get(code="safety"), until=until, reason="急", by=cast.li.actor, at=now)
    return {**places, "certificate_id": row.pk, "waiver_id": row.pk}


def text_that_failed(cast: Cast) -> Mapping[str, object]:
    """Write a text message to Li that the gateway refused."""
    now = timezone.now()
    facts = {"kind": "told", "subject": "故障", "actor_name": "某人", "at": now, "state": "failed", "done_at": now}
    return {"message_id": TextMessage.objects.create(member=cast.li.member, ticket_number="GZ-1", event=1, **facts).pk}


def registering(cast: Cast) -> Mapping[str, object]:
    """Put a regulation to work that asks units to register, by the agents."""
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    version = propose(save_draft(REGISTERED, by=BUILDER, at=LONG_AGO).pk, by=BUILDER, at=LONG_AGO)
    activate(version.pk, by=BUILDER, at=LONG_AGO)
    return unit_of_hunan(cast)


def customer(cast: Cast) -> Mapping[str, object]:
    """Return a customer of Changsha with a contact, a phone and an asset."""
    asset = merchant("老王火锅", "HN-CS", {"terminal_no": "T-88001"}, "zhao", cast)
    contact = save_contact(asset.customer_id, ContactDraft(name="王老板"), by=BUILDER, at=LONG_AGO)
    phone = add_phone(asset.customer_id, PhoneDraft(number="13800000001"), by=BUILDER, at=LONG_AGO)
    return {"customer_id": asset.customer_id, "asset_id": asset.pk, "contact_id": contact.pk, "phone_id": phone.pk}


def urged(cast: Cast) -> Mapping[str, object]:
    """Dispatch a ticket; the action to try is urging."""
    return {**dispatched(cast), "action": "urge"}
