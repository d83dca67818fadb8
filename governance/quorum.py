"""From how many on a committee can resolve (Beschlussfähigkeit): the one place that counts it."""

from governance.models import Committee


def needed(rule: str, entitled: int) -> int:
    """How many of those entitled to vote have to be there by a `Committee.Quorum`; 0 without a rule."""
    if rule == Committee.Quorum.MAJORITY:
        return entitled // 2 + 1
    if rule == Committee.Quorum.HALF:
        return (entitled + 1) // 2
    return 0
