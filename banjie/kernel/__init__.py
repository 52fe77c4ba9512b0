"""Errors, the hash chain and other primitives that know no actor and no model."""
