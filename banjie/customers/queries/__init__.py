"""What is asked about customers: one search box, the match of a new ticket, lists and pages."""

from banjie.customers.callers import upsert_caller
from banjie.customers.queries.finding import find
from banjie.customers.queries.hits import Hit, KeyShown
from banjie.customers.queries.lists import customer_card, engineers_offered, list_customers
from banjie.customers.queries.matching import AssetMatch, match_asset
from banjie.customers.queries.scope import Only

__all__ = [
    "AssetMatch",
    "Hit",
    "KeyShown",
    "Only",
    "customer_card",
    "engineers_offered",
    "find",
    "list_customers",
    "match_asset",
    "upsert_caller",
]
