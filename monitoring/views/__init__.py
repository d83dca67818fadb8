"""Pages of monitoring, one file per subject."""
