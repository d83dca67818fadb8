"""Addresses of a measure's development team and its status updates, and of the link in an invitation."""

from django.urls import path

from measures.views import invitations, team, updates

TEAM = "massnahmen/<slug:slug>/team/"
SEAT = f"{TEAM}<int:pk>/"
INVITATION = f"{TEAM}einladungen/<int:pk>/"
MEETING = f"{TEAM}protokolle/<int:pk>/"
IMPULSE = f"{TEAM}impulse/<int:pk>/"
UPDATE = "massnahmen/<slug:slug>/sachstand/<int:pk>/"

urlpatterns = [
    path("einladung/<str:token>/", invitations.InvitationView.as_view(), name="invitation"),
    path(TEAM, team.TeamView.as_view(), name="measure_team"),
    path(f"{TEAM}neu/", team.TeamMemberAddView.as_view(), name="team_add"),
    path(SEAT, team.TeamMemberEditView.as_view(), name="team_edit"),
    path(f"{SEAT}rueckgaengig/", team.TeamMemberUndoView.as_view(), name="team_undo"),
    path(f"{SEAT}entfernen/", team.TeamMemberDeleteView.as_view(), name="team_delete"),
    path(f"{SEAT}wiederherstellen/", team.TeamMemberRestoreView.as_view(), name="team_restore"),
    path(f"{SEAT}einladen/", invitations.InviteView.as_view(), name="team_invite"),
    path(f"{INVITATION}erneut/", invitations.InviteAgainView.as_view(), name="invitation_again"),
    path(f"{INVITATION}zurueckziehen/", invitations.InvitationRevokeView.as_view(), name="invitation_revoke"),
    path(f"{TEAM}protokolle/neu/", team.TeamMeetingAddView.as_view(), name="team_meeting_add"),
    path(MEETING, team.TeamMeetingEditView.as_view(), name="team_meeting_edit"),
    path(f"{MEETING}rueckgaengig/", team.TeamMeetingUndoView.as_view(), name="team_meeting_undo"),
    path(f"{MEETING}loeschen/", team.TeamMeetingDeleteView.as_view(), name="team_meeting_delete"),
    path(f"{MEETING}wiederherstellen/", team.TeamMeetingRestoreView.as_view(), name="team_meeting_restore"),
    path(f"{TEAM}impulse/neu/", team.ImpulseAddView.as_view(), name="impulse_add"),
    path(IMPULSE, team.ImpulseEditView.as_view(), name="impulse_edit"),
    path(f"{IMPULSE}entscheiden/", team.ImpulseFateView.as_view(), name="impulse_fate"),
    path(f"{IMPULSE}rueckgaengig/", team.ImpulseUndoView.as_view(), name="impulse_undo"),
    path(
        "massnahmen/<slug:slug>/sachstand/neu/",
        updates.StatusUpdateAddView.as_view(),
        name="status_update_add",
    ),
    path(UPDATE, updates.StatusUpdateEditView.as_view(), name="status_update_edit"),
    path(f"{UPDATE}rueckgaengig/", updates.StatusUpdateUndoView.as_view(), name="status_update_undo"),
    path(f"{UPDATE}freigeben/", updates.StatusUpdateApproveView.as_view(), name="status_update_approve"),
    path(f"{UPDATE}zurueckgeben/", updates.StatusUpdateReturnView.as_view(), name="status_update_return"),
]
