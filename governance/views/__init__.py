"""Pages of committees: reading for all, within what is visible to them; keeping for the coordinator."""
