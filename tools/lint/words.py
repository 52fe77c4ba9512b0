"""Rules about every file of the repository: no machine, no host, no traces of how it was made."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.lint.source import Finding, Source, rule

HOST = re.compile(r"https?://(?:[^\s/@'\"]*@)?(?P<host>\[[0-9a-f:]*\]|[A-Za-z0-9.*_-]+)")
KNOWN_HOSTS = re.compile(
    r"^(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[[0-9a-f:]*\]|testserver|www\.w3\.org|json-schema\.org|schemas\.openxmlformats\.org"
    r"|(?:[\w*-]+\.)*example(?:\.(?:com|org|net|cn))?|(?:[\w*-]+\.)*(?:test|invalid|localhost))$"
)
REGISTRY = re.compile(r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|registry\.[a-z]+\.[a-z]+)\b")
MACHINE_PATH = re.compile(r"(?<![\w.~/$}])/(?:home|root|Users|work)/[\w.-]+")
WORDS = re.compile("|".join(["issue" + " #", "sub" + "agent", "this" + " workplace", "as an" + r" AI\b"]), re.IGNORECASE)


def _matches(source: Source, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
    return ((number, match) for number, line in enumerate(source.lines, 1) for match in pattern.finditer(line))


@rule("host-name", reads="text")
def host_name(source: Source) -> Iterator[Finding]:
    """Refuse hosts other than examples, localhost and schema ids: the house runs where there is no network, and depends on no address."""
    for number, match in _matches(source, HOST):
        if not KNOWN_HOSTS.match(match["host"].rstrip(".")) and source.name != "LICENSE":
            yield source.finding(number, "host-name", f"{match[0]}: write an example host, or take it from a setting")
    for number, match in _matches(source, REGISTRY):
        yield source.finding(number, "host-name", f"{match[0]}: name no registry")


@rule("machine-path", reads="text")
def machine_path(source: Source) -> Iterator[Finding]:
    """Refuse absolute paths of one machine: a clone in any folder must work."""
    for number, match in _matches(source, MACHINE_PATH):
        yield source.finding(number, "machine-path", f"{match[0]}: use a path relative to the repository or to BANJIE_HOME")


@rule("forbidden-words", reads="text")
def forbidden_words(source: Source) -> Iterator[Finding]:
    """Refuse words about how the text came to be: the reader cares about the product."""
    for number, match in _matches(source, WORDS):
        yield source.finding(number, "forbidden-words", f"{match[0]!r} does not belong in the product")
