"""Names, shown by signed ticket to the person who may see them."""
