"""What measures, their roll-out and all that belongs to them ask of an account, one file per subject."""

from measures.worklist import measures, plan

__all__ = ["measures", "plan"]
