"""Sends tasks to a tracking system: what is new, changed or dropped since the last time, over HTTP."""
