"""Files of other systems, read in batches that can be undone; knows no kind of record."""
