"""Addresses of the customers' pages."""

from django.urls import path

from banjie.customers import views, views_assets, views_table

app_name = "customers"
urlpatterns = [
    path("", views.index, name="list"),
    path("new", views.edit, name="new"),
    path("import", views_table.import_page, name="import"),
    path("import/template.xlsx", views_table.template, name="template"),
    path("export.xlsx", views_table.export, name="export"),
    path("<int:customer_id>", views.page, name="page"),
    path("<int:customer_id>/edit", views.edit, name="edit"),
    path("<int:customer_id>/contacts/new", views.contact, name="contact-new"),
    path("<int:customer_id>/contacts/<int:contact_id>", views.contact, name="contact"),
    path("<int:customer_id>/phones/add", views.add_phone_number, name="phone-add"),
    path("<int:customer_id>/phones/show", views.show_phone_numbers, name="phones-show"),
    path("<int:customer_id>/phones/<int:phone_id>/remove", views.remove_phone_number, name="phone-remove"),
    path("<int:customer_id>/assets/new", views_assets.new_asset, name="asset-new"),
    path("assets/<int:asset_id>", views_assets.edit_asset, name="asset"),
]
