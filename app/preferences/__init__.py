"""What guests like and need: each value with its source, and what their stays suggest."""
