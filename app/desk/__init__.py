"""The front desk's day: who arrives, who is in house, who leaves, and what each one needs."""
