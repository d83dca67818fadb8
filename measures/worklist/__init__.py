"""What measures, their roll-out and all that belongs to them ask of an account, one file per subject."""

from measures.worklist import measures, money, plan, waves

__all__ = ["measures", "money", "plan", "waves"]
