"""The only place with SQL: one module per noun, functions that take a session."""
