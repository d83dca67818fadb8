"""Addresses of committees, one file per subject.

Fixed words come before the address of a single committee, which would take them for its own.
"""

from django.urls import include, path

from governance.urls.papers import all_papers
from governance.views import committees

urlpatterns = [
    path("vorlagen/", include(all_papers)),
    path("", include("governance.urls.register")),
    path("oparl/v1/", include("governance.oparl.urls")),
    path("gremien/", include("governance.urls.mirror")),
    path("gremien/", committees.CommitteeListPage.as_view(), name="committees"),
    path("gremien/neu/", committees.CommitteeAddPage.as_view(), name="committee_add"),
    path("", include("governance.urls.calendar")),
    path("gremien/<slug:slug>/", include("governance.urls.membership")),
    path("gremien/<slug:slug>/", include("governance.urls.series")),
    path("gremien/<slug:slug>/", include("governance.urls.attendance")),
    path("gremien/<slug:slug>/", include("governance.urls.resolutions")),
    path("gremien/<slug:slug>/", include("governance.urls.followups")),
    path("gremien/<slug:slug>/", include("governance.urls.circulars")),
    path("gremien/<slug:slug>/", include("governance.urls.papers")),
    path("gremien/<slug:slug>/", include("governance.urls.agenda")),
    path("gremien/<slug:slug>/", include("governance.urls.minutes")),
    path("gremien/<slug:slug>/", include("governance.urls.meetings")),
    path("gremien/<slug:slug>/", include("governance.urls.committees")),
]
