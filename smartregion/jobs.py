"""Jobs of the site, found by the ground floor."""

from smartregion import digest

__all__ = ["digest"]
