"""The columns of the customer table: one row is a customer, or one of its assets. Template, import and export share them."""

from __future__ import annotations

from functools import cache
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.customers.models import Customer
from banjie.kernel.excel import Column, Sheet, write_workbook

MAX_ROWS = 50_000
MAX_BYTES = 20 * 1024 * 1024
MOST_ERRORS = 200
# In the order in which they say which asset is meant.
KEY_COLUMNS = ("terminal_no", "barcode", "merchant_no")

_TITLES: Final[tuple[tuple[str, Promise, int, int], ...]] = (
    ("code", gettext_lazy("Customer number"), 40, 16),
    ("name", gettext_lazy("Customer name"), 120, 28),
    ("kind", gettext_lazy("Customer kind"), 20, 10),
    ("grade", gettext_lazy("Grade"), 20, 10),
    ("unit", gettext_lazy("Unit code (district)"), 40, 16),
    ("contact", gettext_lazy("Contact person"), 60, 12),
    ("phone", gettext_lazy("Phone"), 200, 20),
    ("address", gettext_lazy("Address"), 200, 32),
    ("terminal_no", gettext_lazy("Terminal number"), 60, 16),
    ("merchant_no", gettext_lazy("Merchant number"), 60, 20),
    ("barcode", gettext_lazy("Barcode"), 60, 20),
    ("asset_address", gettext_lazy("Installed address"), 200, 32),
    ("engineer", gettext_lazy("Sign-in name of the responsible engineer"), 60, 18),
)
_EXAMPLE: Final = (
    *("KH0001", "阳光超市", "商户", "普通", "HN-CS", "王芳", "13800000001、0731-87654321", "长沙市芙蓉路1号"),
    *("10086001", "898430154110001", "PS0000000001", "长沙市芙蓉路1号一楼收银台", "zhao"),
)
# 单位编码 and 负责工程师 are how people call them in speech; the long titles say more.
_OTHER_TITLES: Final = {
    "unit": ("单位编码", "辖区"),
    "engineer": ("负责工程师",),
    "phone": ("电话", "电话号码", "联系电话"),
    "kind": ("类型",),
    "grade": ("等级",),
}


def columns() -> list[Column]:
    """Return the columns with titles in the reader's language; the titles of every other language are read, too."""
    choices = {"kind": tuple(map(str, Customer.Kind.labels)), "grade": tuple(map(str, Customer.Grade.labels))}
    return [
        Column(name, str(title), max_length=longest, width=width, other_titles=_titles(name), choices=choices.get(name, ()))
        for name, title, longest, width in _TITLES
    ]


def template_workbook() -> bytes:
    """Return the empty table with drop-down lists, and a second sheet that shows a filled row and says what is what."""
    notes = [
        _("One row is one asset of a customer; a customer with three terminals has three rows with the same customer number."),
        _("A known customer number or terminal number is corrected, others are added. An empty cell changes nothing."),
        _("If any row is wrong, nothing is imported, and every wrong cell is named."),
        _("Several phone numbers in one cell are separated by “、”."),
    ]
    example = Sheet(_("Example"), columns(), [_EXAMPLE, (), *((note,) for note in notes)])
    return write_workbook([Sheet(_("Customers"), columns(), []), example])


@cache
def choice_words(name: str) -> dict[str, str]:
    """Return the words, in every language of the site, and the codes that mean a kind or a grade."""
    choices = Customer.Kind.choices if name == "kind" else Customer.Grade.choices
    words = {code: code for code, _label in choices}
    for language, _language_name in settings.LANGUAGES:
        with translation.override(language):
            words |= {str(label).casefold(): code for code, label in choices}
    return words


@cache
def _titles(name: str) -> tuple[str, ...]:
    title = next(title for known, title, *_sizes in _TITLES if known == name)
    found = list(_OTHER_TITLES.get(name, ()))
    for language, _language_name in settings.LANGUAGES:
        with translation.override(language):
            found.append(str(title))
    return tuple(found)
