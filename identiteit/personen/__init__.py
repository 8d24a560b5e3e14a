"""Natural persons and what identifies them."""
