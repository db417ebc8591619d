"""Writes a plan in the formats that others read."""
