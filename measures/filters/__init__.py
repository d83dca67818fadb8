"""What an address chooses: measures for list, timeline and board, cells for matrix and map, money."""

from measures.filters.funding import FundingFilter
from measures.filters.measures import (
    MUNICIPALITY_RULE,
    ListFilter,
    MeasureFilter,
    filter_for,
    query_with,
    tell_address,
)
from measures.filters.rollout import MatrixFilter

__all__ = [
    "MUNICIPALITY_RULE",
    "FundingFilter",
    "ListFilter",
    "MatrixFilter",
    "MeasureFilter",
    "filter_for",
    "query_with",
    "tell_address",
]
