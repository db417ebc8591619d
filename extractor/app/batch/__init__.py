"""Batch runs: an inbox of files becomes a folder of plans and a report, whatever interrupts it."""
