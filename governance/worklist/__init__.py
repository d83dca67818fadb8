"""What committees ask of an account: of the coordinator to keep them going, of members to be informed."""

from governance.worklist import meetings, resolutions

__all__ = ["meetings", "resolutions"]
