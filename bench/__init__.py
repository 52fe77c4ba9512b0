"""Measure Banjie against the limit: a hand-written script on the same server and the same tickets, in the same run."""
