"""Values of a municipality, and tokens in an account's name (`base/row_security.py`).

A team enters values for all municipalities, whatever the role of its members.
"""

from monitoring.models import ApiToken, IndicatorValue
from smartregion.base.row_security import owned

IN_TEAM = (
    "EXISTS (SELECT FROM monitoring_indicator indicator JOIN measures_teammember member "
    "ON member.measure_id = indicator.measure_id "
    "WHERE indicator.id = indicator_id AND member.user_id = {account})"
)

owned(IndicatorValue, f"municipality_id = {{municipality}} OR {IN_TEAM}")
owned(ApiToken, "created_by_id = {account}")
