"""Pseudonymous keys and purposes: who may translate whose pseudonyms for what, and the translating.

Knows actors, purposes, gebruiksgronden (grounds of use), domains, key material, translations.
Never knows a name, an identity, a bare pseudonym or a power of representation. Calls nobody.
"""
