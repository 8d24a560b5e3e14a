"""Agreement to use a power that several hold together: asked by one, given by the others, then used up."""
