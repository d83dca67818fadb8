"""One file for each resource; all of them are read when the first one is asked for."""
