"""The companies that guests travel for."""
