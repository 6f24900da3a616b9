"""Comparisons as people read them: one view for the pages and for the file that `pellucid compare` writes."""
