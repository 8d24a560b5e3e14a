"""Inspection: what a register answers to the person, and the page that composes those answers."""
