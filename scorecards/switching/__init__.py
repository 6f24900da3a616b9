"""How hard it is to move: what an endpoint of a model conforms to, and what leaving it would take."""
