"""The operator's verbs, grouped by noun."""
