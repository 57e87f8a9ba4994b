"""The guest: profile, codes, marks, list, search and the API of all that."""
