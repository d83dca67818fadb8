from django.urls import include, path

urlpatterns = [path("", include("measures.rollout_urls"))]
