"""Measurements of `keys` on this machine (scripts/bench), never tests of right or wrong."""
