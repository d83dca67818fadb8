"""Addresses below /oparl/v1/, in the words of OParl; they stay as they are, whatever else changes."""

from django.urls import path, re_path

from governance.oparl import views
from governance.oparl.objects import BODY_LISTS, ORGANIZATION_LISTS, TYPES

urlpatterns = [
    path("system", views.SystemView.as_view(), name="oparl"),
    path("body", views.BodyListView.as_view(), name="oparl_bodies"),
    path("body/<slug:body>", views.BodyView.as_view(), name="oparl_body"),
    *(
        path(
            f"body/<slug:body>/{name}",
            views.ListOfBodyView.as_view(word=word, name=name),
            name=f"oparl_body_{name.lower()}",
        )
        for name, word in BODY_LISTS.items()
    ),
    *(
        path(
            f"organization/<int:pk>/{name}",
            views.ListOfOrganizationView.as_view(word=word, name=name),
            name=f"oparl_organization_{name}",
        )
        for name, word in ORGANIZATION_LISTS.items()
    ),
    *(
        path(f"{word.lower()}/<int:pk>", views.ObjectView.as_view(word=word), name=f"oparl_{word.lower()}")
        for word in TYPES
    ),
    path("file/<int:pk>/content", views.FileContentView.as_view(), name="oparl_file_content"),
    path("protocol/<int:pk>/content", views.ProtocolContentView.as_view(), name="oparl_protocol_content"),
    re_path(r"^.*$", views.NothingView.as_view(), name="oparl_nothing"),
]
