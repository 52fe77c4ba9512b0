"""The life of a rulebook version: draft, propose, approve and activate."""
