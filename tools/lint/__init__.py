"""The house rules: what ruff, mypy and import-linter cannot know about this house. Run `python -m tools.lint`.

A file may ask for an exception with a reason: `# lint: allow <rule>: <reason>`, on the line or the one above. Exceptions are counted and
printed; one that nothing needs any more is a finding itself.
"""
