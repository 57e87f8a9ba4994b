"""Reading papers instead of typing them: machine-readable zones and citizen cards' codes."""
