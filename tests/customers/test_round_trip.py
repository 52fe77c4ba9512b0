"""What is exported comes back by an import as it was."""

from __future__ import annotations

import io

from banjie.customers.models import Customer
from banjie.customers.queries import Only
from banjie.customers.verbs.export_table import export_table
from banjie.customers.verbs.import_table import import_table
from tests.cast import Cast
from tests.customers.conftest import NOW, Files
from tests.customers.test_table import take


def test_callers_without_any_number_come_back_once_by_name_and_phone(cast: Cast, files: Files) -> None:
    caller = {"name": "散客", "unit": "HN-CS", "phone": "13900000009"}
    take([caller, caller | {"phone": "13900000008"}], cast.wang_sup.actor)
    content = export_table(Only(), by=cast.wang_sup.actor, at=NOW)

    again = import_table(io.BytesIO(content), "customers.xlsx", by=cast.wang_sup.actor, at=NOW)
    others = take([caller | {"name": "赵女士"}, caller | {"phone": "13900000007"}, caller | {"code": "N9"}], cast.wang_sup.actor)

    assert (again.customers_added, again.assets_added) == (0, 0)
    assert others.customers_added == 3  # another name, another phone, a customer number of its own
    assert Customer.objects.filter(name="散客", code=None).count() == 3
