"""The language in which a regulation is written: parse, check, compile, version, explain."""
