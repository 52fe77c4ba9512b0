"""A rulebook at work in virtual time: people who act by themselves, through the same `perform` as everybody."""
