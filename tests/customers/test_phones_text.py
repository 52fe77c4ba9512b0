"""Phone numbers as people write them."""

from __future__ import annotations

import re
import timeit
from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from banjie.kernel.phones import mask_phone, normalise_phone, phone_kind, show_phone


@pytest.mark.req("CUS-12")
@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("13800000001", "13800000001"),
        ("+86 138 0000 0001", "13800000001"),
        ("0086-138-0000-0001", "13800000001"),
        ("１３８０００００００１", "13800000001"),
        ("013800000001", "13800000001"),
        ("13800000001.0", "13800000001"),
        ("0851-87654321", "085187654321"),
        ("(0851) 8765 4321 转 801", "085187654321-801"),
        ("0851-87654321-801", "085187654321-801"),
        ("0851-87654321 ext. 12", "085187654321-12"),
        ("010 87654321", "01087654321"),
        ("+862587654321", "02587654321"),
        ("400-800-1234", "4008001234"),
        ("95588", "95588"),
        ("+852 2123 4567", "+85221234567"),
        ("0085221234567", "+85221234567"),
    ],
)
def test_a_number_has_one_stored_form_however_it_is_written(written: str, stored: str) -> None:
    assert normalise_phone(written) == stored


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "empty"),
        ("no phone", "is not a phone number"),
        ("87654321", "lacks the area code"),
        ("1380000001", "is not a mobile number"),
        ("12800000001", "is not a mobile number"),
        ("0108765432", "check the digits"),
        ("+999 123", "country code"),
        ("138****0001", "is not a phone number"),
        ("1" * 100, "too long"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(written: str, reason: str) -> None:
    with translation.override("en"), pytest.raises(ValueError, match=reason):
        normalise_phone(written)


def test_the_reason_is_said_in_the_readers_language() -> None:
    with translation.override("zh-hans"), pytest.raises(ValueError, match="区号"):
        normalise_phone("87654321")


MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
LANDLINES = st.from_regex(r"(010|02[0-9]|0[3-9][0-9]{2})[0-9]{8}", fullmatch=True)
EXTENSIONS = st.from_regex(r"[0-9]{1,6}", fullmatch=True)


@given(MOBILES | LANDLINES | st.builds("{}-{}".format, LANDLINES, EXTENSIONS))
def test_a_stored_form_stays_as_it_is_and_reads_back_from_what_is_shown(number: str) -> None:
    assert normalise_phone(number) == number
    assert normalise_phone(show_phone(number, may_see=True)) == number


@given(MOBILES, st.sampled_from(["", "+86", "+86 ", "86", "0086"]), st.sampled_from([" ", "-", "", "–"]))
def test_prefix_and_separators_do_not_matter(number: str, prefix: str, separator: str) -> None:
    written = prefix + separator.join([number[:3], number[3:7], number[7:]])

    assert normalise_phone(written) == number


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    number = ""
    with suppress(ValueError):
        number = normalise_phone(text)

    assert re.fullmatch(r"(\+?[0-9]{3,15}(-[0-9]{1,6})?)?", number)
    assert not number or normalise_phone(number) == number


@given(MOBILES | LANDLINES)
def test_a_mask_hides_four_digits_and_shows_the_last_ones(number: str) -> None:
    masked = mask_phone(number)

    assert masked.count("*") == 4
    assert len(masked) == len(number)
    assert masked[-4:] == number[-4:]


@given(st.text(min_size=1, max_size=40))
def test_a_mask_hides_at_least_half_of_what_is_no_normal_number(text: str) -> None:
    body = text.partition("-")[0]

    assert mask_phone(text).count("*") * 2 >= min(len(body), 8) or not body


def test_a_mask_hides_the_extension() -> None:
    assert mask_phone("13800000001") == "138****0001"
    assert mask_phone("085187654321-801") == "0851****4321-***"
    assert show_phone("085187654321-801", may_see=True) == "0851-87654321-801"
    assert show_phone("13800000001", may_see=False) == "138****0001"


@pytest.mark.parametrize(
    ("number", "kind"), [("13800000001", "mobile"), ("085187654321-8", "landline"), ("95588", "service"), ("+85221234567", "foreign")]
)
def test_the_kind_of_a_number(number: str, kind: str) -> None:
    assert phone_kind(number) == kind


def test_the_usual_mobile_takes_less_than_fifty_microseconds() -> None:
    seconds = min(timeit.repeat(lambda: normalise_phone("13800000001"), number=1000, repeat=5)) / 1000

    assert seconds < 50e-6
