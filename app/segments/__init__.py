"""What kind of guest somebody is, by figures: computed for the whole base and for one guest."""
