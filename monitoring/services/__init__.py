"""The verbs of monitoring, one file per subject. Each is one transaction."""
