"""Fixtures that every test may ask for."""

from tests.cast import cast, cast_rows

__all__ = ["cast", "cast_rows"]
