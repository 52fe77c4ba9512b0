"""Addresses of the pages where people work; mounted at the root."""

from django.urls import path

from banjie.console.views import action, customers, duties, files, home, intake, links, notices, preview, printing, queue, ticket

app_name = "console"
urlpatterns = [
    path("", home.home, name="home"),
    path("search", home.search, name="search"),
    path("tickets/", queue.queue, name="queue"),
    path("tickets/tabs", queue.tabs, name="tabs"),
    path("tickets/export.xlsx", queue.export, name="export"),
    path("tickets/new/", intake.intake, name="intake"),
    path("tickets/new/fields", intake.fields, name="intake-fields"),
    path("tickets/new/conditions", intake.conditions, name="intake-conditions"),
    path("tickets/new/preview", preview.conditions, name="preview-conditions"),
    path("tickets/new/match", intake.match, name="intake-match"),
    path("uploads", files.upload, name="uploads"),
    path("tickets/<str:number>/", ticket.ticket, name="ticket"),
    path("tickets/<str:number>/news", ticket.news, name="ticket-news"),
    path("tickets/<str:number>/parts", ticket.parts, name="ticket-parts"),
    path("tickets/<str:number>/timeline", ticket.timeline, name="ticket-timeline"),
    path("tickets/<str:number>/phone", ticket.phone, name="ticket-phone"),
    path("tickets/<str:number>/actions/<str:name>", action.action, name="action"),
    path("tickets/<str:number>/actions/<str:name>/fields", action.fields, name="action-fields"),
    path("tickets/<str:number>/print/<str:name>.pdf", printing.sheet_of, name="print"),
    path("tickets/<str:number>/files", files.add, name="files"),
    path("tickets/<str:number>/files/<int:attachment_id>", files.download, name="file"),
    path("tickets/<str:number>/links", links.add, name="links"),
    path("tickets/<str:number>/links/<int:link_id>/end", links.end, name="link"),
    path("duties/", duties.duties, name="duties"),
    path("duties/<int:run_id>", duties.run, name="duty"),
    path("inbox/", notices.inbox, name="inbox"),
    path("inbox/bell", notices.bell, name="bell"),
    path("inbox/read", notices.read, name="inbox-read"),
    path("customers/<int:customer_id>/tickets", customers.history, name="customer-history"),
]
