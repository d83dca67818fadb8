"""`make bench`: what the portal costs, as ratios measured in one run (docs/bench.md)."""
