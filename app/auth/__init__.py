"""Staff, sign-in, roles, and the tokens of machines."""
