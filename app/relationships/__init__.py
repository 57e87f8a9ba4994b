"""Who belongs to whom, and what one guest may do for another."""
