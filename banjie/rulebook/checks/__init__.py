"""The rules that a whole book must keep, one file per subject."""
