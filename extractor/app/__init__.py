"""The command ``kehoach``: it knows the core, the core does not know it."""
