"""What parties can do themselves, as sources say: died, under curatele, a minor."""
