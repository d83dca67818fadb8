"""Forms of those who keep the records of committees, one file per subject."""
