"""What committees ask of an account: of the coordinator to keep them going, of members to be informed."""

from governance.worklist import circulars, meetings, members, resolutions

__all__ = ["circulars", "meetings", "members", "resolutions"]
