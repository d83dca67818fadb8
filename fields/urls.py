from django.urls import path

from fields.views import FieldView

urlpatterns = [path("handlungsfelder/<slug:slug>/", FieldView.as_view(), name="field")]
