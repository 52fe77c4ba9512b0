"""Addresses of the calendars' pages; mounted at /calendars/."""

from django.urls import path

from banjie.worktime import views

app_name = "worktime"
urlpatterns = [
    path("", views.calendars, name="calendars"),
    path("new", views.new, name="new"),
    path("template.xlsx", views.days_template, name="template"),
    path("<slug:code>/", views.calendar, name="calendar"),
    path("<slug:code>/week", views.week, name="week"),
    path("<slug:code>/day", views.day, name="day"),
    path("<slug:code>/holidays", views.holidays, name="holidays"),
    path("<slug:code>/upload", views.upload, name="upload"),
]
