"""A guest's identity papers and other documents: the record, the file, and its end."""
