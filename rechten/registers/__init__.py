"""Registers: each an actor with a database, keys and pseudonyms of its own, and what it records."""
