"""Addresses of committees, one file per subject.

Fixed words come before the address of a single committee, which would take them for its own.
"""

from django.urls import include, path

from governance.views import committees

urlpatterns = [
    path("oparl/v1/", include("governance.oparl.urls")),
    path("gremien/", include("governance.urls.mirror")),
    path("gremien/", committees.CommitteeListPage.as_view(), name="committees"),
    path("gremien/<slug:slug>/", include("governance.urls.resolutions")),
    path("gremien/<slug:slug>/", include("governance.urls.papers")),
    path("gremien/<slug:slug>/", include("governance.urls.agenda")),
    path("gremien/<slug:slug>/", include("governance.urls.meetings")),
    path("gremien/<slug:slug>/", include("governance.urls.committees")),
]
