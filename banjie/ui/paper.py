"""Paper: an A4 or A3 sheet that Chinese can be written on, with its foot on every page."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from fpdf import FPDF

FONT = Path(__file__).parent / "static" / "dist" / "print.ttf"
FAMILY = "print"


class Sheet(FPDF):
    """A document with the font for print. `margin` is in millimetres; `foot` stands on each page before its number."""

    def __init__(self, foot: str, *, margin: float = 18.0, size: Literal["A4", "A3"] = "A4", is_landscape: bool = False) -> None:
        super().__init__(format=size, orientation="landscape" if is_landscape else "portrait")
        self.foot = foot
        self.add_font(FAMILY, fname=FONT)
        self.set_margins(margin, margin)
        self.set_auto_page_break(auto=True, margin=max(margin, 15))

    def footer(self) -> None:
        """Write the foot, and the page."""
        self.set_y(-12)
        self.set_font(FAMILY, size=8)
        self.cell(0, 5, f"{self.foot}    {self.page_no()}/{{nb}}", align="C")
