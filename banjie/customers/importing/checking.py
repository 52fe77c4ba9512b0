"""Check the rows against each other and against the database, and find which customer and asset each row means."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.customers.access import EVERYTHING, reach
from banjie.customers.importing.known import Known, KnownAsset, KnownCustomer, districts_elsewhere
from banjie.customers.importing.reading import Entry, Party
from banjie.customers.keys import is_unique_kind, key_title, normalise_key
from banjie.kernel.errors import FieldError
from banjie.people.actor import Actor
from banjie.people.permissions import Permission

_AGREED = ("name", "kind", "grade", "address")


class Checking:
    """Walk through the entries once; `parties` and `errors` are the result."""

    def __init__(self, known: Known, by: Actor) -> None:
        self.known = known
        self.paths = reach(by, Permission.CUSTOMER_IMPORT)
        self.parties: list[Party] = []
        self.errors: list[FieldError] = []
        self._by_code: dict[str, Party] = {}
        self._by_id: dict[int, Party] = {}
        self._by_merchant: dict[str, Party] = {}
        self._row_of_key: dict[tuple[str, str], int] = {}

    def check(self, entries: list[Entry]) -> None:
        """Fill the ids of the entries and gather them by customer."""
        for entry in entries:
            self._find_places(entry)
            self._refuse_doubles(entry)
            asset = self._find_asset(entry)
            self._find_party(entry, asset)
        for party in self.parties:
            self._agree(party)
        self._place_parties()

    def _reaches(self, path: str | None) -> bool:
        return EVERYTHING in self.paths or (path is not None and path.startswith(self.paths))

    def _wrong(self, entry: Entry, name: str, message: str) -> None:
        self.errors.append(entry.row.error(name, message))

    def _find_places(self, entry: Entry) -> None:
        """Find unit and engineer."""
        if entry.unit:
            unit_id, path = self.known.units.get(entry.unit, (None, None))
            if unit_id is None:
                self._wrong(entry, "unit", _("There is no active unit with the code %(code)s.") % {"code": entry.unit})
            elif not self._reaches(path):
                self._wrong(entry, "unit", _("You may not import into the unit %(code)s.") % {"code": entry.unit})
            entry.unit_id = unit_id
        if entry.engineer:
            entry.engineer_id = self.known.engineers.get(entry.engineer)
            if entry.engineer_id is None:
                self._wrong(entry, "engineer", _("Nobody who works here signs in as %(name)s.") % {"name": entry.engineer})

    def _refuse_doubles(self, entry: Entry) -> None:
        """Refuse a second row for one terminal number or barcode, or for one merchant number that stands alone."""
        kinds = [kind for kind in entry.keys if is_unique_kind(kind)] or list(entry.keys)
        for kind in kinds:
            key = (kind, normalise_key(entry.keys[kind]))
            first = self._row_of_key.setdefault(key, entry.row.number)
            if first != entry.row.number:
                self._wrong(entry, kind, _("Row %(row)d has the same %(title)s.") % {"row": first, "title": key_title(kind)})

    def _find_asset(self, entry: Entry) -> KnownAsset | None:
        """Find the asset by its terminal number, else its barcode, else its merchant number."""
        asset: KnownAsset | None = None
        for place, (kind, value) in enumerate(entry.keys.items()):
            named = self.known.assets.get((kind, normalise_key(value)), [])
            if place == 0:
                if len(named) > 1:
                    self._wrong(entry, kind, _("Several assets have this number: give the terminal number, too."))
                asset = named[0] if len(named) == 1 else None
            elif is_unique_kind(kind) and named and (asset is None or named[0].id != asset.id):
                self._wrong(entry, kind, _("%(title)s %(value)s belongs to another asset.") % {"title": key_title(kind), "value": value})
        if asset is not None and not self._reaches(asset.served_by):
            self._wrong(entry, next(iter(entry.keys)), self._elsewhere())
        entry.asset_id = asset.id if asset else None
        entry.is_new_asset = entry.has_asset and asset is None
        return asset

    def _find_party(self, entry: Entry, asset: KnownAsset | None) -> None:
        """Find the customer by its number, else by the asset, the merchant number, phone and name; or found a new one."""
        merchant = normalise_key(entry.keys.get("merchant_no", ""))
        owners = [found.customer for found in self.known.assets.get(("merchant_no", merchant), [])] if merchant else []
        owner = owners[0] if owners else None
        known = self.known.customers.get(entry.code) if entry.code else (asset.customer if asset else owner or self._caller(entry))
        party = self._party(entry, known, merchant)
        for title, other in (("terminal_no", asset.customer if asset else None), ("merchant_no", owner)):
            if other is not None and party.customer_id != other.id:
                field = title if title in entry.keys else next(iter(entry.keys))
                self._wrong(entry, field, _("This number belongs to another customer."))
                break
        if known is not None and not self._reaches(known.unit_path):
            self._wrong(entry, "code" if entry.code else next(iter(entry.keys)), self._elsewhere())
        if known is not None and not known.is_active:
            self._wrong(entry, "code", _("This customer is inactive. Activate it on its page first."))
        if merchant and self._by_merchant.setdefault(merchant, party) is not party:
            self._wrong(
                entry,
                "merchant_no",
                _("Row %(row)d gives this merchant number to another customer.")
                % {"row": self._by_merchant[merchant].entries[0].row.number},
            )
        party.entries.append(entry)
        entry.party = party

    def _caller(self, entry: Entry) -> KnownCustomer | None:
        """Return the customer without any number that a row without any number means: our own export writes such rows."""
        found = [self.known.callers.get((number, entry.name)) for number in entry.phones] if not entry.keys else []
        return next((caller for caller in found if caller and self._reaches(caller.unit_path)), None)

    def _party(self, entry: Entry, known: KnownCustomer | None, merchant: str) -> Party:
        if known is not None and known.id in self._by_id:
            return self._by_id[known.id]
        if known is None:
            same = self._by_code.get(entry.code) if entry.code else self._by_merchant.get(merchant)
            if same is not None:
                return same
        party = Party(code=entry.code, customer_id=known.id if known else None, is_new=known is None)
        self.parties.append(party)
        if known is not None:
            self._by_id[known.id] = party
        elif entry.code:
            self._by_code[entry.code] = party
        return party

    def _agree(self, party: Party) -> None:
        """Refuse rows that say different things about their customer, and a new customer without a name."""
        if party.is_new and not party.said("name"):
            self._wrong(party.entries[0], "name", _("A new customer needs a name."))
        for name in _AGREED:
            first: Entry | None = None
            for entry in party.entries:
                if not (value := getattr(entry, name)):
                    continue
                first = first or entry
                if value != getattr(first, name):
                    self._wrong(entry, name, _("Row %(row)d says otherwise about the same customer.") % {"row": first.row.number})

    def _place_parties(self) -> None:
        """Give each customer the lowest unit that serves all its assets; one without assets takes the unit of its rows."""
        known = [party for party in self.parties if party.customer_id is not None]
        assets = [entry.asset_id for party in known for entry in party.entries if entry.asset_id is not None and entry.unit_id is not None]
        elsewhere = districts_elsewhere([party.customer_id for party in known if party.customer_id is not None], assets)
        path_of = dict(self.known.units.values())
        for party in self.parties:
            paths = {path_of[entry.unit_id] for entry in party.entries if entry.unit_id is not None}
            if paths and any(entry.has_asset for entry in party.entries):
                paths |= elsewhere.get(party.customer_id or 0, set())
            path = common_path(paths)
            party.unit_id = self.known.unit_by_path.get(path) if path else None
            if (path or party.is_new) and not self._reaches(path):
                self._wrong(
                    party.entries[0], "unit", self._elsewhere() if path else _("Write the code of the unit that serves this customer.")
                )

    @staticmethod
    def _elsewhere() -> str:
        return _("This number is in use outside your district. Ask headquarters to import this row.")


def common_path(paths: set[str]) -> str | None:
    """Return the path of the lowest unit above or at all of the paths, "/1/4/" and "/1/9/" give "/1/"; None for none."""
    if not paths:
        return None
    shared: list[str] = []
    for parts in zip(*(path.strip("/").split("/") for path in paths), strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return f"/{'/'.join(shared)}/" if shared else None
