"""The published contract: what stands on the wire."""
