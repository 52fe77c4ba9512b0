"""A rulebook for people: sentences, tables, the state diagram, the difference of two versions."""
