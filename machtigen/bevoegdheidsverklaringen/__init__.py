"""Bevoegdheidsverklaringen (representation tokens): who asks, the choice, the tokens, and their status."""
