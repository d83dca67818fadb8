"""Forms of monitoring, one file per subject."""
