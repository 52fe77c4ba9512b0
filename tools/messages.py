"""Keep the message catalogues: English sources in the code, Chinese in `banjie/<room>/locale/zh_Hans/LC_MESSAGES/django.po`.

python tools/messages.py update <room> | all     collect texts from a room's Python and templates
python tools/messages.py compile                 write the .mo files that Django reads (not kept in git)
python tools/messages.py check [<room> ...]      fail on missing, doubtful, left-over or half-width translations
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.punctuation import half_width

BANJIE = Path(__file__).resolve().parents[1] / "banjie"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}}
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "pgettext_lazy": ((1, "c"), 2),
    "ngettext_lazy": (1, 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
FIXED_DATE = datetime(2025, 1, 1, tzinfo=UTC)  # a catalogue changes only when a text changes


def catalogue_file(room: Path) -> Path:
    """Return where a room keeps its Chinese."""
    return room / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def rooms() -> list[Path]:
    """Return every room of the house."""
    return sorted(folder for folder in BANJIE.iterdir() if (folder / "__init__.py").exists())


def read(file: Path) -> Catalog:
    """Read a catalogue, or an empty one if there is none yet."""
    if not file.exists():
        return Catalog(locale="zh_Hans", domain="django")
    with file.open("rb") as source:
        return read_po(source, locale="zh_Hans", domain="django", abort_invalid=True)


def collect(room: Path) -> Catalog:
    """Collect the texts that a room's code and templates say, without line numbers."""
    template = Catalog()
    found = extract_from_dir(
        str(room), method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS, comment_tags=("TRANSLATORS:",), strip_comment_tags=True
    )
    for _file, _line, text, comments, context in found:
        template.add(text, auto_comments=comments, context=context)
    return template


def merged(room: Path) -> Catalog:
    """Return the room's catalogue as its code needs it now; nothing is guessed from similar texts."""
    catalogue = read(catalogue_file(room))
    catalogue.update(collect(room), no_fuzzy_matching=True, update_header_comment=False)
    catalogue.header_comment = f"# Simplified Chinese of banjie/{room.name}. Kept by hand; see tools/messages.py."
    catalogue.project, catalogue.version, catalogue.last_translator, catalogue.language_team = "Banjie", "1", "Banjie", "zh_Hans"
    catalogue.msgid_bugs_address = ""
    catalogue.creation_date = catalogue.revision_date = FIXED_DATE
    catalogue.fuzzy = False
    return catalogue


def as_text(catalogue: Catalog) -> bytes:
    """Write a catalogue in its one form: sorted, unwrapped, without line numbers."""
    out = io.BytesIO()
    write_po(out, catalogue, width=0, no_location=True, omit_header=False, sort_output=True)
    return b"".join(line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(b'"Generated-By:'))


def update(room: Path) -> str:
    """Bring a room's catalogue up to its code; translations stay, left-over ones are kept as obsolete."""
    file, catalogue = catalogue_file(room), merged(room)
    if not catalogue and not catalogue.obsolete:
        return f"{room.name}: no texts"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(as_text(catalogue))
    open_texts = sum(1 for _ in untranslated(catalogue))
    return f"{room.name}: {len(catalogue)} texts, {open_texts} to translate, {len(catalogue.obsolete)} left over"


def untranslated(catalogue: Catalog) -> Iterator[str]:
    """Yield each text whose Chinese is missing or marked fuzzy."""
    for message in catalogue:
        if message.id and (message.fuzzy or not all([message.string] if isinstance(message.string, str) else message.string or [""])):
            yield message.id if isinstance(message.id, str) else message.id[0]


def chinese(catalogue: Catalog) -> Iterator[str]:
    """Yield every Chinese text."""
    for message in catalogue:
        if message.id:
            yield from [message.string] if isinstance(message.string, str) else message.string or ()


def problems(room: Path) -> list[str]:
    """Say what a room's catalogue lacks or carries too much, in sentences."""
    catalogue = merged(room)
    found = [f"not translated: {text!r}" for text in untranslated(catalogue)]
    found += [f"left over: {message.id!r}" for message in catalogue.obsolete.values()]
    found += [f"{message.id!r}: {error}" for message, errors in catalogue.check() if message.string for error in errors]
    found += [f"half-width punctuation in {text!r}: …{place}…" for text in chinese(catalogue) for place in half_width(text)]
    file = catalogue_file(room)
    if not found and len(catalogue) and (not file.exists() or file.read_bytes() != as_text(catalogue)):
        found.append(f"not up to date: run python tools/messages.py update {room.name}")
    return [f"{room.name}: {problem}" for problem in found]


def conflicts() -> list[str]:
    """Say which texts two rooms translate differently: Django merges all catalogues, so one of them would lose."""
    seen: dict[tuple[object, object], tuple[str, object]] = {}
    found = []
    for room in rooms():
        for message in read(catalogue_file(room)):
            if not message.id or not message.string or message.string == ("",):  # those are named as untranslated
                continue
            first, chinese = seen.setdefault((message.context, str(message.id)), (room.name, message.string))
            if chinese != message.string:
                found.append(
                    f"{room.name}: {message.id!r} is {message.string!r} here and {chinese!r} in {first}; use pgettext in one of them"
                )
    return found


def compile_all() -> int:
    """Write every .mo that is missing or older than its .po; return how many were written."""
    written = 0
    for room in rooms():
        source = catalogue_file(room)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns):
            continue
        out = io.BytesIO()
        write_mo(out, read(source))
        draft = target.with_suffix(".mo.new")
        draft.write_bytes(out.getvalue())
        draft.replace(target)  # a running server never reads half a file
        written += 1
    return written


def chosen(names: list[str]) -> list[Path]:
    """Return the rooms of these names; none or `all` means every room."""
    known = {room.name: room for room in rooms()}
    unknown = [name for name in names if name not in known and name != "all"]
    if unknown:
        raise SystemExit(f"messages: no room named {', '.join(unknown)}; there are {', '.join(known)}")
    return list(known.values()) if not names or "all" in names else [known[name] for name in names]


def main(arguments: list[str]) -> int:
    """Run one of the three commands."""
    command, names = (arguments[0] if arguments else ""), arguments[1:]
    if command == "update" and names:
        print("\n".join(update(room) for room in chosen(names)))
    elif command == "compile":
        print(f"messages: {compile_all()} catalogues compiled")
    elif command == "check":
        found = [problem for room in chosen(names) for problem in problems(room)] + conflicts()
        print("\n".join(found) or "messages: every text is translated")
        return 1 if found else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
