"""The registry: actors, purposes, pseudonymisation domains with their public keys, gebruiksgronden."""
