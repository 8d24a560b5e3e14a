"""The parties: a random number for everyone who ever logged in, with their pseudonym wrapped at rest."""
