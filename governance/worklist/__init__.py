"""What committees ask of an account: of the coordinator to keep them going, of members to be informed."""

from governance.worklist import meetings, mirror, resolutions

__all__ = ["meetings", "mirror", "resolutions"]
