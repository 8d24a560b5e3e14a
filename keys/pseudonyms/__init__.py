"""The transcryptors: shares, factors, translation of encrypted pseudonyms, keys for actors.

Holds secrets. Never sees an identity, a bare pseudonym or a power of representation.
"""
