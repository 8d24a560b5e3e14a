"""The desk: registered clerks get tickets for the people who stand before them."""
