"""A region is data: reads a region file and an example file, and writes them with their history."""
