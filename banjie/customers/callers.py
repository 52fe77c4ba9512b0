"""An unknown caller becomes a customer, a known one is found (MCH-05, CUS-12)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.kernel.phones import mask_phone, normalise_phone, phone_kind

# One statement, because every call passes here. The number is claimed first (unique among callers), and only who
# claimed it makes the customer: two calls at once make one. Who loses the race gets no row, and asks again.
_UPSERT = """
WITH known AS (
    SELECT p.customer_id FROM customers_phone p JOIN customers_customer c ON c.id = p.customer_id
    WHERE p.number = %(number)s AND p.is_active
    ORDER BY c.is_active DESC, (c.unit_id IS NOT DISTINCT FROM %(unit)s::bigint) DESC, p.is_caller DESC, p.id LIMIT 1
), claimed AS (
    INSERT INTO customers_phone (customer_id, number, kind, label, is_caller, is_active, created_at)
    SELECT nextval(pg_get_serial_sequence('customers_customer', 'id')), %(number)s, %(phone_kind)s, '', true, true, %(at)s
    WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT (number) WHERE is_caller AND is_active DO NOTHING
    RETURNING customer_id
), made AS (
    INSERT INTO customers_customer (id, name, kind, grade, unit_id, address, note, is_active, created_at, updated_at)
    SELECT customer_id, %(name)s, 'person', 'normal', %(unit)s, '', '', true, %(at)s, %(at)s FROM claimed
)
SELECT customer_id FROM known UNION ALL SELECT customer_id FROM claimed
"""


def upsert_caller(phone: str, name: str, unit_id: int | None, *, at: datetime) -> int:
    """Return the id of the customer with this number; make a person of the unit of it when nobody has it.

    A number that several customers have belongs to the one of `unit_id`, else to the one known longest. Whoever takes
    a call may call this, so it asks for no permission; the answer does not open the customer's page.

    Raises:
        InvalidInput: the number is none.
    """
    try:
        number = normalise_phone(phone)
    except ValueError as wrong:
        raise InvalidInput(errors=[FieldError("phone", str(wrong))]) from wrong
    called = name.strip()[:120] or mask_phone(number)
    asked = {"number": number, "phone_kind": phone_kind(number), "name": called, "unit": unit_id, "at": at}
    with connection.cursor() as cursor:
        for _attempt in range(3):
            cursor.execute(_UPSERT, asked)
            if row := cursor.fetchone():
                return int(row[0])
    raise InvalidInput(_("The number %(phone)s cannot be entered now. Try again.") % {"phone": mask_phone(number)})
