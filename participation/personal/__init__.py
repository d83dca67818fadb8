"""What the subjects of participation store about people, one file each."""
