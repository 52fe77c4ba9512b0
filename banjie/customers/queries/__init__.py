"""What is asked about customers: one search box, the match of a new ticket, lists and pages."""

from banjie.customers.callers import upsert_caller
from banjie.customers.queries.finding import Hit, KeyShown, Only, find
from banjie.customers.queries.matching import AssetMatch, match_asset

__all__ = ["AssetMatch", "Hit", "KeyShown", "Only", "find", "match_asset", "upsert_caller"]
