"""One view that forgot its policy, for the test that it is refused."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def forgot(request: HttpRequest) -> HttpResponse:
    return HttpResponse("offen")


urlpatterns = [path("offen/", forgot)]
