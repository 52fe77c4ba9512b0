"""Phone numbers as people write them in China: one stored form, one masked form (CUS-12)."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from django.utils.translation import gettext as _

MAX_TEXT = 60
MOBILE = re.compile(r"1[3-9][0-9]{9}")
LANDLINE = re.compile(r"(0(?:10|2[0-9])|0[3-9][0-9]{2})([0-9]{7,8})")
NATIONWIDE = re.compile(r"[48]00[0-9]{7}")
SHORT = re.compile(r"9[56][0-9]{3,6}|1[012][0-9]{3}")

_QUICK = re.compile(r"(?:\+?86[ -]?)?(1[3-9][0-9])[ -]?([0-9]{4})[ -]?([0-9]{4})")
_EXTENSION_WORD = re.compile(r"(.+?)(?:转接?|分机号?|extension|ext\.?|x|#)[ :-]*([0-9]{1,6})", re.IGNORECASE)
_EXTENSION_DASH = re.compile(r"(.*[0-9]{7,8})[ ]?[-–—][ ]?([0-9]{1,6})")
_SEPARATORS = re.compile(r"[\s().·‐-―−-]+")
_EXCEL_FLOAT = re.compile(r"([0-9]{5,15})\.0")


def normalise_phone(text: str) -> str:
    """Return the stored form of a phone number written by a person or a spreadsheet.

    Mobiles become 11 digits, landlines area code and number ("085187654321"), 400 and 800 numbers 10 digits, the
    short numbers of banks and public lines stay ("95588"), foreign numbers become E.164 with "+". An extension
    follows a dash: "085187654321-801".

    Raises:
        ValueError: says in one translated sentence what is wrong and what to write instead.
    """
    if quick := _QUICK.fullmatch(text):
        return "".join(quick.groups())
    if len(text) > MAX_TEXT:
        raise ValueError(_("This phone number is too long: enter one number only."))
    written = unicodedata.normalize("NFKC", text).strip()
    if not written:
        raise ValueError(_("The phone number is empty."))
    if as_float := _EXCEL_FLOAT.fullmatch(written):
        written = as_float[1]
    body, extension = _without_extension(written)
    digits = _SEPARATORS.sub("", body)
    if not re.fullmatch(r"\+?[0-9]+", digits):
        raise ValueError(_("“%(text)s” is not a phone number: use digits, blanks, dashes and an extension only.") % {"text": text.strip()})
    number = _chinese(digits) or _foreign(digits)
    if not number:
        raise ValueError(_why_not(digits, text.strip()))
    return f"{number}-{extension}" if extension else number


def phone_kind(number: str) -> str:
    """Return "mobile", "landline", "service" or "foreign" for a normalised number."""
    body = number.partition("-")[0]
    if MOBILE.fullmatch(body):
        return "mobile"
    if LANDLINE.fullmatch(body):
        return "landline"
    return "foreign" if body.startswith("+") else "service"


def mask_phone(text: str) -> str:
    """Return a number with at least four of its digits hidden, "138****0001"; an extension is hidden wholly.

    A text that is no normalised number loses half of its characters or more.
    """
    body, dash, _extension = text.partition("-")
    tail = "-***" if dash else ""
    if MOBILE.fullmatch(body):
        return f"{body[:3]}****{body[7:]}{tail}"
    if landline := LANDLINE.fullmatch(body):
        return f"{landline[1]}****{landline[2][4:]}{tail}"
    head = min(3, len(body) // 4)
    last = min(4, len(body) // 4)
    return f"{body[:head]}{'*' * (len(body) - head - last)}{body[len(body) - last :]}{tail}"


def show_phone(text: str, may_see: bool) -> str:
    """Return the number as a person reads it, masked unless `may_see`."""
    if not may_see:
        return mask_phone(text)
    if landline := LANDLINE.match(text):
        return f"{landline[1]}-{text[len(landline[1]) :]}"
    return text


def _without_extension(written: str) -> tuple[str, str]:
    """Split "0851-87654321 转 801" into number and extension; the extension may be empty."""
    found = _EXTENSION_WORD.fullmatch(written) or _EXTENSION_DASH.fullmatch(written)
    return (found[1], found[2]) if found else (written, "")


def _chinese(digits: str) -> str:
    """Return the national form of a number of mainland China, or an empty text."""
    national = re.sub(r"^(?:\+|00)86", "", digits)
    tries = [national, f"0{national}"] if national != digits else [digits]
    if re.fullmatch(r"86[0-9]{10,12}", digits):
        tries += [digits[2:], f"0{digits[2:]}"]
    if digits.startswith("01") and MOBILE.fullmatch(digits[1:]):
        tries.append(digits[1:])
    for number in tries:
        if any(kind.fullmatch(number) for kind in (MOBILE, LANDLINE, NATIONWIDE, SHORT)) and not _is_cut_landline(number):
            return number
    return ""


def _is_cut_landline(number: str) -> bool:
    """Tell whether a city of eight-digit numbers (010, 02x) has only seven digits."""
    landline = LANDLINE.fullmatch(number)
    return bool(landline and len(landline[1]) == 3 and len(landline[2]) == 7)


def _foreign(digits: str) -> str:
    """Return the E.164 form of a number that names its country, or an empty text."""
    written = f"+{digits[2:]}" if digits.startswith("00") else digits
    if not written.startswith("+") or written.startswith("+86"):
        return ""
    try:
        number = phonenumbers.parse(written)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _why_not(digits: str, text: str) -> str:
    """Return the sentence that says what is wrong with a number of digits only."""
    if digits.startswith("+"):
        return _("“%(text)s” is not a number of the country it names: check the country code and the digits.") % {"text": text}
    if digits.startswith("1"):
        return _("“%(text)s” is not a mobile number: it needs 11 digits beginning with 13 to 19, and has %(count)d.") % {
            "text": text,
            "count": len(digits),
        }
    if len(digits) in (7, 8):
        return _("“%(text)s” lacks the area code: write it as 0851-%(digits)s.") % {"text": text, "digits": digits}
    return _("“%(text)s” is neither a mobile nor a landline with area code nor a 400 number: check the digits (%(count)d now).") % {
        "text": text,
        "count": len(digits),
    }
