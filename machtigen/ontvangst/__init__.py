"""Life events as identiteit sends them: received once, put in order, and their effect."""
