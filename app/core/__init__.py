"""What every feature leans on; imports no feature."""
