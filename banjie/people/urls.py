"""Addresses of the organisation's pages; mounted at /people/."""

from django.urls import path

from banjie.people.views import deputies, excel, log, members, posts, profile, roles, start, units

app_name = "people"
urlpatterns = [
    path("first-run", start.first_run, name="first_run"),
    path("password", start.password, name="password"),
    path("profile", profile.profile, name="profile"),
    path("profile/language", profile.language, name="language"),
    path("profile/tokens", profile.token_new, name="token_new"),
    path("deputies", deputies.deputies, name="deputies"),
    path("deputies/<int:delegation_id>/end", deputies.deputy_end, name="deputy_end"),
    path("tokens", roles.tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke", profile.token_revoke, name="token_revoke"),
    path("units", units.units, name="units"),
    path("units/new", units.unit_new, name="unit_new"),
    path("units/<int:unit_id>", units.unit, name="unit"),
    path("units/<int:unit_id>/move", units.unit_move, name="unit_move"),
    path("units/<int:unit_id>/close", units.unit_close, name="unit_close"),
    path("units/<int:unit_id>/reopen", units.unit_reopen, name="unit_reopen"),
    path("members", members.members, name="members"),
    path("members/new", members.member_new, name="member_new"),
    path("members/import", excel.members_import, name="members_import"),
    path("members/template.xlsx", excel.members_template, name="members_template"),
    path("members/export.xlsx", excel.members_export, name="members_export"),
    path("members/<int:member_id>", members.member, name="member"),
    path("members/<int:member_id>/deactivate", members.member_deactivate, name="member_deactivate"),
    path("members/<int:member_id>/reactivate", members.member_reactivate, name="member_reactivate"),
    path("members/<int:member_id>/password", members.member_reset, name="member_reset"),
    path("members/<int:member_id>/second-factor", members.member_second_factor, name="member_second_factor"),
    path("members/<int:member_id>/posts", posts.post_new, name="post_new"),
    path("members/<int:member_id>/deputies", deputies.member_deputy, name="member_deputy"),
    path("posts/<int:post_id>/end", posts.post_end, name="post_end"),
    path("roles", roles.roles, name="roles"),
    path("roles/new", roles.role_new, name="role_new"),
    path("roles/<int:role_id>", roles.role, name="role"),
    path("log", log.log, name="log"),
    path("log.xlsx", log.log_export, name="log_export"),
]
