"""The published contract of this package: requests and answers, as neighbours see them."""
