"""Forms of a published card: one file here declares one `EXPORT`."""

from scorecards.exports._export import Card, Export

__all__ = ["Card", "Export"]
