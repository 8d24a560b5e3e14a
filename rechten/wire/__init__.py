"""The published contract: what goes over the wire, field by field. Fields are added, never repurposed."""
