"""What committees ask of an account: of the coordinator to keep them going, of members to be informed."""

from governance.worklist import attendance, circulars, meetings, members, mirror, resolutions

__all__ = ["attendance", "circulars", "meetings", "members", "mirror", "resolutions"]
