"""How documents come in: politely over the network, or from files that somebody hands in."""
