"""Price facts with evidence, how sources are set against each other, and what usage costs."""
