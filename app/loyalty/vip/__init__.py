"""VIP levels (section 4.2, ruling 15): reached by lifetime figures, or given by hand."""
