"""The part that reaches out: HTTP, wire dialects, Celery, and the command line on top."""
