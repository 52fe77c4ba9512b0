"""What a file is, by its first bytes: its name proves nothing."""

from __future__ import annotations

import re
import unicodedata
from typing import IO
from zipfile import BadZipFile, ZipFile

HEAD = 4096
# media type: the endings under which such a file may be kept; the first is added to any other.
ENDINGS: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "application/pdf": ("pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/x-ole-storage": ("doc", "xls", "ppt", "wps", "et"),
    "audio/mpeg": ("mp3",),
    "audio/wav": ("wav",),
    "audio/amr": ("amr",),
    "video/mp4": ("mp4", "m4a", "mov"),
    "text/plain": ("txt", "csv", "log"),
}
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
)
_OFFICE = {"word/": "wordprocessingml.document", "xl/": "spreadsheetml.sheet", "ppt/": "presentationml.presentation"}
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|script|svg|\?xml|body|head|iframe)", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r"[\\/:*?\"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def media_type_of(file: IO[bytes]) -> str:
    """Return the media type of a file by its content, "" when it is none that we keep. Leaves the file at its beginning."""
    file.seek(0)
    head = file.read(HEAD)
    found = next((kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)), "") or _in_a_box(head)
    if not found and head.startswith(b"PK\x03\x04"):
        found = _office(file)
    file.seek(0)
    return found or _text(head)


def _in_a_box(head: bytes) -> str:
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return "image/heic" if head[8:12] in {b"heic", b"heix", b"mif1", b"heim", b"hevc"} else "video/mp4"
    return ""


def _office(file: IO[bytes]) -> str:
    """Return which Office document a zip archive is, "" for any other archive. Reads its directory only."""
    try:
        with ZipFile(file) as archive:
            names = [entry.filename for entry in archive.infolist()[:2000]]
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return ""
    part = next((kind for folder, kind in _OFFICE.items() if any(name.startswith(folder) for name in names)), "")
    return f"application/vnd.openxmlformats-officedocument.{part}" if part else ""


def _text(head: bytes) -> str:
    if not head or b"\x00" in head or _MARKUP.match(head):
        return ""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = head.decode(encoding) if len(head) < HEAD else head[:-4].decode(encoding, errors="strict")
        except UnicodeDecodeError as wrong:
            if encoding == "utf-8" and len(head) == HEAD and wrong.start >= HEAD - 8:
                return "text/plain"
            continue
        if not any(unicodedata.category(letter) == "Cc" and letter not in "\t\r\n\f" for letter in text):
            return "text/plain"
    return ""


def safe_name(name: str, media_type: str) -> str:
    """Return a name without path, control or direction marks, at most 120 characters, whose ending fits the content."""
    plain = _NOT_IN_NAMES.sub("_", unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])).strip(" .") or "file"
    stem, dot, ending = plain.rpartition(".")
    allowed = ENDINGS[media_type]
    if dot and stem and ending.lower() in allowed:
        return f"{stem[:110]}.{ending.lower()}"
    return f"{plain[:110]}.{allowed[0]}"
