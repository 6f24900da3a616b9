"""Ratings by others, recomputed from what they publish and shown beside ours; never one of our scores."""
