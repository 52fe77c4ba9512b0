"""Each house rule finds its sin, and leaves the right way alone."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tools.lint.__main__ import check, reads
from tools.lint.source import RULES, Finding, Source

ALLOW = "lint: " + "allow"  # in two pieces, or this file would ask for exceptions itself

# rule, file, what is wrong, what is right
CASES = [
    ("clock-in-domain", "banjie/intake/verbs/accept.py", "from django.utils import timezone\nx = timezone.now()", "def f(at):\n    return at"),
    ("clock-in-domain", "banjie/intake/models.py", "from datetime import datetime as d\nx = Field(default=d.now)", "from datetime import datetime\nx = datetime.max"),
    ("clock-in-domain", "banjie/intake/models.py", "at = DateTimeField(auto_now_add=True)", "at = DateTimeField()"),
    ("clock-in-domain", "banjie/worktime/spans.py", "import time\nx = time.time()", "import time\nx = time.monotonic()"),
    ("clock-in-domain", "banjie/worktime/spans.py", "from django.utils.timezone import localdate\nx = localdate()", "from django.utils.timezone import localdate\ndef f(at):\n    return localdate(at)"),
    ("state-write", "banjie/handling/verbs/book.py", "def f(ticket):\n    ticket.state = 'appointed'", "def f(clock):\n    clock.state = 'late'"),
    ("state-write", "banjie/handling/verbs/book.py", "def f(t: Ticket):\n    t.stage = 'handling'", "def f(t: Ticket):\n    return t.stage"),
    ("state-write", "banjie/handling/verbs/book.py", "def f(step):\n    row = step.ticket\n    row.state = 'x'", "def f(step):\n    step.move('x')"),
    ("state-write", "banjie/console/queries.py", "def f(actor):\n    visible_tickets(actor).update(state='x')", "def f(actor):\n    return visible_tickets(actor).filter(state='x')"),
    ("state-write", "banjie/tickets/views.py", "def f(ticket):\n    setattr(ticket, 'state', 'x')", "def f(ticket):\n    return ticket.state"),
    ("unscoped-ticket", "banjie/insight/queries.py", "from banjie.tickets.models import Ticket\nx = Ticket.objects.all()", "def f(actor):\n    return visible_tickets(actor)"),
    ("unscoped-ticket", "banjie/insight/queries.py", "from banjie.tickets import models\nx = models.Ticket.objects", "from banjie.tickets import models\nx = models.Event.objects"),
    ("no-signals", "banjie/people/apps.py", "from django.db.models.signals import post_save", "from django.db.models import Q"),
    ("no-signals", "banjie/people/apps.py", "from django.dispatch import receiver", "from banjie.dispatch import models"),
    ("no-save-override", "banjie/people/models.py", "class Unit:\n    def save(self):\n        pass", "class Unit:\n    def rename(self):\n        pass"),
    ("no-meta-ordering", "banjie/people/models.py", "class Unit:\n    class Meta:\n        ordering = ['name']", "class Unit:\n    class Meta:\n        indexes = []"),
    ("no-cascade", "banjie/tickets/models.py", "from django.db import models\nx = models.ForeignKey('a', on_delete=models.CASCADE)", "from django.db import models\nx = models.ForeignKey('a', on_delete=models.PROTECT)"),
    ("write-in-door", "banjie/people/views.py", "def f(request):\n    Unit.objects.create(name='x')", "def f(request):\n    {}.update(a=1)"),
    ("write-in-door", "banjie/people/views.py", "def f(request, form):\n    form.save()", "def f(request, form):\n    rename_unit(by=a, at=b)"),
    ("verb-says-who-and-when", "banjie/people/verbs/units.py", "def close_unit(unit, by, at):\n    pass", "def close_unit(unit, *, by, at):\n    pass"),
    ("verb-says-who-and-when", "banjie/people/verbs/units.py", "def close_unit(unit, *, at, by=None):\n    pass", "def _helper(unit):\n    pass"),
    ("verb-says-who-and-when", "banjie/handling/verbs/book.py", "def book(slot: Slot, day):\n    pass", "def book(step: Step, day):\n    pass"),
    ("private-door", "banjie/console/queries.py", "from banjie.people.views import unit_page", "from banjie.people.queries import units"),
    ("private-door", "banjie/console/queries.py", "from banjie.people import forms", "from banjie.console import forms"),
    ("html-in-python", "banjie/rulebook/explain.py", "x = f'<div>{1}</div>'", "def f():\n    '''Draw a <div>.'''"),
    ("view-budget", "banjie/people/views.py", "def f(request):\n" + "    x = 1\n" * 25, "def f(request):\n" + "    x = 1\n\n    # why\n" * 24),
    ("function-budget", "banjie/people/queries.py", "def f():\n" + "    x = 1\n" * 50, "def f():\n    '''" + "a\n" * 60 + "'''\n    x = 1\n"),
    ("file-budget", "banjie/people/queries.py", "x = 1\n" * 251, "x = 1\n" * 250 + "# why\n\n" * 40),
    ("parameter-budget", "banjie/people/queries.py", "def f(a, b, c, d, e, *, by, at): ...", "def f(self, a, b, c, d, *, by, at): ..."),
    ("template-budget", "banjie/ui/templates/ui/a.html", "<p>\n" * 121, "<p>\n" * 120),
    ("inline-handler", "banjie/ui/templates/ui/a.html", '<a class="x"\n onclick="go()">', '<a data-on-click="go" title="one = two">'),
    ("inline-handler", "banjie/ui/templates/ui/a.html", '<a hx-on::after-request="go()">', "{# <a onclick='x'> #}<a>"),
    ("inline-script", "banjie/ui/templates/ui/a.html", "<script>go()</script>", '<script src="a.js" defer></script><script type="application/json">{}</script>'),
    ("unsafe-markup", "banjie/ui/templates/ui/a.html", "{{ text | safe }}", "{{ text | safely_shown }}"),
    ("query-in-template", "banjie/ui/templates/ui/a.html", "{{ unit.members.count() }}", "{{ rows | count }}"),
    ("whole-fragment", "banjie/ui/templates/ui/_a.html", "{% extends 'ui/base.html' %}", "{% include 'ui/_b.html' %}"),
    ("host-name", "docs/guide.md", "see https:" + "//banjie.io/docs", "see https:" + "//desk.example/events and http:" + "//127.0.0.1:8000"),
    ("host-name", "package.json", "py" + "pi.org", "the package registry"),
    ("machine-path", "docs/guide.md", "cd /ho" + "me/wang/banjie", "cd banjie; cat docs/work/a.md; ls /var/lib"),
    ("forbidden-words", "docs/guide.md", "closes issue" + " #12", "closes the issue"),
]  # fmt: skip


def broken(path: str, text: str) -> list[Finding]:
    return check([Source(path, dedent(text))])[0]


@pytest.mark.parametrize(("rule", "path", "sin", "virtue"), CASES, ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)])
def test_a_rule_finds_its_sin_and_nothing_else(rule: str, path: str, sin: str, virtue: str) -> None:
    assert rule in {finding.rule for finding in broken(path, sin)}
    assert rule not in {finding.rule for finding in broken(path, virtue)}


def test_every_rule_has_a_sin_and_says_why_it_exists() -> None:
    assert {case[0] for case in CASES} == set(RULES)
    assert all((function.__doc__ or "").startswith(("Refuse", "Demand")) for _, function in RULES.values())


def test_a_door_may_read_the_clock() -> None:
    text = "from django.utils import timezone\nx = timezone.now()"

    assert not broken("banjie/people/views.py", text)
    assert not broken("banjie/people/jobs.py", text)
    assert not broken("banjie/config/management/commands/seal.py", text)
    assert not broken("banjie/server/watch.py", text)
    assert not broken(
        "banjie/people/access.py", "from django.utils import timezone\ndef f(request: HttpRequest):\n    return timezone.now()"
    )


def test_the_lifecycle_may_write_a_state() -> None:
    assert not broken("banjie/tickets/lifecycle.py", "def move(ticket):\n    ticket.state = 'closed'")


def test_an_exception_with_a_reason_is_kept_and_counted() -> None:
    text = f"x = models.ForeignKey('a', on_delete=models.CASCADE)  # {ALLOW} no-cascade: a preference is no evidence"

    findings, used = check([Source("banjie/people/models.py", text)])

    assert findings == []
    assert [(a.rule, a.reason) for a in used] == [("no-cascade", "a preference is no evidence")]


def test_an_exception_on_the_line_above_counts_too() -> None:
    assert not broken(
        "banjie/people/models.py", f"# {ALLOW} no-cascade: a preference\nx = models.ForeignKey('a', on_delete=models.CASCADE)"
    )


def test_an_exception_without_a_reason_is_broken() -> None:
    findings = broken("banjie/people/models.py", f"x = F('a', on_delete=models.CASCADE)  # {ALLOW} no-cascade")

    assert [f.rule for f in findings] == ["useless-exception"]
    assert "say why" in findings[0].message


def test_an_exception_that_nothing_needs_is_broken() -> None:
    findings = broken("banjie/people/models.py", f"x = 1  # {ALLOW} no-cascade: a preference")

    assert [f.rule for f in findings] == ["useless-exception"]


def test_an_exception_in_a_template_is_a_jinja_comment() -> None:
    assert not broken(
        "banjie/ui/templates/ui/a.html", f"{{# {ALLOW} inline-script: sets the theme before the first paint #}}\n<script>x</script>"
    )


def test_migrations_are_not_read_as_code() -> None:
    assert not reads("code", Source("banjie/people/migrations/0001_initial.py", ""))


def test_a_finding_names_its_place() -> None:
    finding = broken("banjie/people/models.py", "x = 1\ny = F('a', on_delete=models.CASCADE)")[0]

    assert str(finding).startswith("banjie/people/models.py:2: [no-cascade]")


def test_a_document_may_show_an_exception() -> None:
    assert not broken("STYLE.md", f"Write `# {ALLOW} no-cascade: a preference is no evidence`")
