"""Shared kernel: the small things that four separately deployable services need alike.

A leaf: it imports nothing of ours outside itself and knows no word of the domain. Importing it
pulls in no server dependency; each module says what it needs.
"""
