"""Storingen (failures) of work path W5: a service used what had been revoked; open until it is restored."""
