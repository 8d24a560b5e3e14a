"""Beslissingen (decisions): may this person do this for that one at this service, asked by the service."""
