"""Addresses of events. Fixed words come before those of one event."""

from django.urls import URLPattern, URLResolver, include, path

from participation.views import event_files, event_keeping, events, feedback, participants, registrations

series = [
    path("neu/", event_keeping.EventSeriesAddPage.as_view(), name="event_series_add"),
    path("<int:pk>/bearbeiten/", event_keeping.EventSeriesEditPage.as_view(), name="event_series_edit"),
    path("<int:pk>/rueckgaengig/", event_keeping.EventSeriesUndoPage.as_view(), name="event_series_undo"),
]
session = [
    path("bearbeiten/", event_keeping.SessionEditPage.as_view(), name="session_edit"),
    path("rueckgaengig/", event_keeping.SessionUndoPage.as_view(), name="session_undo"),
    path("entfernen/", event_keeping.SessionRemovePage.as_view(), name="session_remove"),
    path("wiederherstellen/", event_keeping.SessionRestorePage.as_view(), name="session_restore"),
]
file = [
    path("", event_files.EventFilePage.as_view(), name="event_file"),
    path("bearbeiten/", event_files.EventFileEditPage.as_view(), name="event_file_edit"),
    path("rueckgaengig/", event_files.EventFileUndoPage.as_view(), name="event_file_undo"),
    path("entfernen/", event_files.EventFileRemovePage.as_view(), name="event_file_remove"),
]
event = [
    path("", events.EventPage.as_view(), name="event"),
    path("kalender.ics", events.EventCalendar.as_view(), name="event_calendar"),
    path("bearbeiten/", event_keeping.EventEditPage.as_view(), name="event_edit"),
    path("rueckgaengig/", event_keeping.EventUndoPage.as_view(), name="event_undo"),
    path("absagen/", event_keeping.EventCancelPage.as_view(), name="event_cancel"),
]
of_event: list[URLPattern | URLResolver] = [
    path("anmelden/", registrations.RegisterPage.as_view(), name="register"),
    path("gesendet/", registrations.RegistrationSentPage.as_view(), name="registration_sent"),
    path("abgemeldet/", registrations.WithdrawnPage.as_view(), name="registration_withdrawn"),
    path("teilnehmen/", registrations.JoinPage.as_view(), name="event_join"),
    path("abmelden/", registrations.LeavePage.as_view(), name="event_leave"),
    path("programm/neu/", event_keeping.SessionAddPage.as_view(), name="session_add"),
    path("programm/<int:pk>/", include(session)),
    path("dateien/neu/", event_files.EventFileAddPage.as_view(), name="event_file_add"),
    path("dateien/<int:pk>/", include(file)),
    path("teilnahme/", participants.ParticipantsPage.as_view(), name="participants"),
    path("teilnahme/einlass/", participants.WalkInPage.as_view(), name="walk_in"),
    path("teilnahme/<int:pk>/", participants.CheckInPage.as_view(), name="check_in"),
    path(
        "teilnahme/<int:pk>/loeschen/",
        participants.RegistrationRemovePage.as_view(),
        name="registration_remove",
    ),
    path("teilnahme/export.csv", participants.ParticipantsCsv.as_view(), name="participants_csv"),
    path("teilnahme/export.xlsx", participants.ParticipantsXlsx.as_view(), name="participants_xlsx"),
    path("teilnahme/namensschilder.pdf", participants.BadgesView.as_view(), name="badges"),
    path("teilnahme/mail/", participants.MessagePage.as_view(), name="event_message"),
    path("rueckmeldung/", feedback.FeedbackPage.as_view(), name="feedback"),
    path("rueckmeldung/danke/", feedback.FeedbackThanksPage.as_view(), name="feedback_thanks"),
    path("rueckmeldung/veroeffentlichen/", feedback.FeedbackPublishPage.as_view(), name="feedback_publish"),
]
urlpatterns = [
    path("", events.EventListPage.as_view(), name="events"),
    path("kalender.ics", events.EventFeed.as_view(), name="event_feed"),
    path("neu/", event_keeping.EventAddPage.as_view(), name="event_add"),
    path("reihen/", include(series)),
    path(
        "anmeldung/<str:secret_of_registration>/",
        registrations.RegistrationPage.as_view(),
        name="registration",
    ),
    path("<int:pk>/", include(event)),
    path("<int:event_pk>/", include(of_event)),
]
