"""OParl 1.1: the public part of the committees for machines, and the mirror of a foreign endpoint."""
