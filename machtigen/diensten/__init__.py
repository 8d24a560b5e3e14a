"""Services one can be authorised for, and the OAuth clients that serve them."""
