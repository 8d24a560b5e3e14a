"""Life events: taken in, checked and kept for delivery."""
