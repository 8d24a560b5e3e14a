"""Voorstellen (proposals) for an arrangement: while one is open, collection of its obligation pauses."""
