"""Purposes as `keys` publishes them, kept for a short while."""
