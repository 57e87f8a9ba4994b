"""Points that a guest can argue with: memberships, their ledger, tiers and promotions."""
