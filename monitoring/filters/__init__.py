"""What lists of monitoring keep, by the choices in their address."""

from monitoring.filters.indicators import IndicatorFilter
from monitoring.filters.reports import ReportFilter

__all__ = ["IndicatorFilter", "ReportFilter"]
