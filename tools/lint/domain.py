"""Rules that keep the domain honest: no clock, one way to change a ticket, no hidden effects, no lost evidence."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lint.source import Finding, Source, rule

DOORS = frozenset({"views", "rest", "jobs", "commands", "cli", "live", "schedule", "forms"})
CLOCKS = frozenset({
    "django.utils.timezone.now", "django.utils.timezone.localdate", "django.utils.timezone.localtime",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime",
    "django.db.models.functions.Now", "django.db.models.functions.datetime.Now",
})  # fmt: skip
SIGNALS = ("django.db.models.signals", "django.dispatch", "django.core.signals", "django.contrib.auth.signals", "django.test.signals")
WRITES = frozenset({"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete"})


@rule("clock-in-domain", reads="code")
def clock_in_domain(source: Source) -> Iterator[Finding]:
    """Refuse a clock outside the doors: `at` is a required argument, or a simulation and a late job would lie about when things happened.

    A function that takes the request stands at a door, wherever it is written.
    """
    if source.parts[0] != "banjie" or source.kind in DOORS or source.room in {"server", "config"}:
        return
    at_door = {id(node) for function in source.functions() if _takes_request(function) for node in ast.walk(function)}
    for node in source.nodes:
        if (
            isinstance(node, ast.Name | ast.Attribute)
            and source.full_name(node) in CLOCKS
            and id(node) not in at_door
            and not _with_value(source, node)
        ):
            yield source.finding(node, "clock-in-domain", f"{ast.unparse(node)} reads the clock: take `at` as an argument")
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield source.finding(node.value, "clock-in-domain", f"{node.arg} reads the clock: write `at` in the verb")


def _takes_request(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    annotations = [argument.annotation for argument in [*function.args.posonlyargs, *function.args.args] if argument.annotation]
    return any(ast.unparse(annotation).endswith("HttpRequest") for annotation in annotations)


def _with_value(source: Source, name: ast.AST) -> bool:
    """Tell whether localdate(x) and localtime(x) convert a given time, which is no clock."""
    calls = (node for node in source.nodes if isinstance(node, ast.Call) and node.func is name)
    return "local" in source.full_name(name) and any(call.args for call in calls)


@rule("state-write", reads="code")
def state_write(source: Source) -> Iterator[Finding]:
    """Refuse writing a ticket's state or stage outside tickets/: a change that skips `perform` has no event, no clock and no permission."""
    if source.parts[0] != "banjie" or (source.room == "tickets" and source.kind not in DOORS | {"queries", "access"}):
        return
    tickets = _ticket_names(source)
    for node in source.nodes:
        for target in _targets(node):
            if isinstance(target, ast.Attribute) and target.attr in {"state", "stage"} and _is_ticket(target.value, tickets):
                yield source.finding(target, "state-write", f"{ast.unparse(target)} is written by tickets/lifecycle.py only: use perform()")
        if isinstance(node, ast.Call) and _updates_state(node) and _is_ticket(node if node.args else node.func, tickets):
            yield source.finding(node, "state-write", "state and stage are written by tickets/lifecycle.py only: use perform()")


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return [part for target in node.targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


def _ticket_names(source: Source) -> set[str]:
    """Names that hold a ticket although they are not called so: annotated Ticket, or assigned from something about tickets."""
    annotated = {
        node.arg for node in source.nodes if isinstance(node, ast.arg) and node.annotation and ast.unparse(node.annotation) == "Ticket"
    }
    assigned = {
        t.id
        for node in source.nodes
        if isinstance(node, ast.Assign) and _is_ticket(node.value, set())
        for t in node.targets
        if isinstance(t, ast.Name)
    }
    return annotated | assigned


def _is_ticket(node: ast.AST, names: set[str]) -> bool:
    return any(
        (isinstance(part, ast.Name) and (part.id in names or "ticket" in part.id.lower()))
        or (isinstance(part, ast.Attribute) and "ticket" in part.attr.lower())
        for part in ast.walk(node)
    )


def _updates_state(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
    words = {keyword.arg for keyword in call.keywords}
    texts = {
        part.value
        for argument in [*call.args, *[k.value for k in call.keywords]]
        for part in ast.walk(argument)
        if isinstance(part, ast.Constant)
    }
    return (name == "update" and bool(words & {"state", "stage"})) or (
        name in {"bulk_update", "save", "setattr"} and bool(texts & {"state", "stage"})
    )


@rule("unscoped-ticket", reads="code")
def unscoped_ticket(source: Source) -> Iterator[Finding]:
    """Refuse `Ticket.objects` outside tickets/: every path to a ticket goes through the same visibility (invariant 6)."""
    if source.parts[0] != "banjie" or source.room == "tickets":
        return
    for node in source.nodes:
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"objects", "_default_manager", "_base_manager"}
            and source.full_name(node.value).split(".")[-1] == "Ticket"
        ):
            yield source.finding(node, "unscoped-ticket", "use visible_tickets(actor) or get_ticket(actor, number) of tickets/access.py")


@rule("no-signals", reads="code")
def no_signals(source: Source) -> Iterator[Finding]:
    """Refuse signals: who reacts to what stands in config/reactions.py, where one can read it."""
    for node in source.nodes:
        names = (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if any(name == signal or name.startswith(f"{signal}.") for name in names for signal in SIGNALS):
            yield source.finding(node, "no-signals", "no signals: write a reaction in config/reactions.py")


@rule("no-save-override", reads="code")
def no_save_override(source: Source) -> Iterator[Finding]:
    """Refuse own save() and delete(): saving a row must do what it says, and nothing else."""
    own = {"save", "asave", "delete", "adelete", "save_base", "save_model"}
    for node in (node for node in source.nodes if isinstance(node, ast.ClassDef)):
        for method in node.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and method.name in own:
                yield source.finding(method, "no-save-override", f"{node.name}.{method.name}: put the effect into a verb")


@rule("no-meta-ordering", reads="code")
def no_meta_ordering(source: Source) -> Iterator[Finding]:
    """Refuse Meta.ordering: it sorts every query and every count, also those that nobody looks at."""
    metas = (node for node in source.nodes if isinstance(node, ast.ClassDef) and node.name == "Meta")
    for statement in (statement for meta in metas for statement in meta.body):
        if any(isinstance(target, ast.Name) and target.id == "ordering" for target in _targets(statement)):
            yield source.finding(statement, "no-meta-ordering", "order in the query that needs it")


@rule("no-cascade", reads="code")
def no_cascade(source: Source) -> Iterator[Finding]:
    """Refuse CASCADE: deleting a person, a unit or a rulebook never removes a ticket or evidence (invariant 3)."""
    for node in source.nodes:
        if isinstance(node, ast.keyword) and node.arg == "on_delete" and source.full_name(node.value).endswith("CASCADE"):
            yield source.finding(node.value, "no-cascade", "use PROTECT, or say in an exception why this row is no evidence")


@rule("write-in-door", reads="code")
def write_in_door(source: Source) -> Iterator[Finding]:
    """Refuse database writes in views, REST, forms, jobs, queries and access: a command that lives in a view lives twice."""
    if source.kind not in {"views", "rest", "forms", "jobs", "queries", "access", "commands"}:
        return
    for node in source.nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = ast.unparse(node.func.value)
        is_query = "objects" in owner or "filter(" in owner
        if (node.func.attr in WRITES and (is_query or node.func.attr in {"save", "bulk_create"})) or (
            node.func.attr in {"update", "delete"} and is_query
        ):
            yield source.finding(node, "write-in-door", f"{owner[:40]}.{node.func.attr}() writes: call a verb")


@rule("verb-says-who-and-when", reads="code")
def verb_says_who_and_when(source: Source) -> Iterator[Finding]:
    """Demand `*, by: Actor, at: datetime` without defaults of every public verb: an optional actor is no actor, soon.

    A ticket's verb gets a `step` instead, which holds both.
    """
    if source.kind != "verbs":
        return
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or _takes_step(node):
            continue
        keyword_only = {a.arg: default for a, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)}
        missing = [name for name in ("by", "at") if name not in keyword_only]
        optional = [name for name in ("by", "at") if keyword_only.get(name) is not None]
        if missing or optional:
            wrong = f"lacks keyword-only {' and '.join(missing)}" if missing else f"makes {' and '.join(optional)} optional"
            yield source.finding(node, "verb-says-who-and-when", f"{node.name}() {wrong}")


def _takes_step(node: ast.FunctionDef) -> bool:
    first = next(iter([*node.args.posonlyargs, *node.args.args]), None)
    return first is not None and first.annotation is not None and ast.unparse(first.annotation).strip("'\"").endswith("Step")
