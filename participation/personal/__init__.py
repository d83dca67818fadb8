"""What participation stores about people, one file per subject."""
