"""The register of tasks: plans, their versions, what people corrected, who owes what by when."""
