"""REST of files for the fields of forms: upload first, then name the ids in `fields`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, Router, Schema
from ninja.files import UploadedFile

from banjie.kernel.answers import answer
from banjie.tickets.filefields import keep_upload, reference
from banjie.tickets.rest import actor

router = Router(tags=["tickets"])


class Uploaded(Schema):
    """A file that a form may name; `digest` is its SHA-256."""

    id: int
    name: str
    size: int
    digest: str


@router.post("/uploads", response={201: Uploaded}, summary="Upload a file for a field of a form")
def upload(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    """Keep a file for a day; name its id in a field of kind `file` when a ticket is opened or an action is done."""
    kept = keep_upload(file, by=actor(request), at=timezone.now())
    return answer(reference(kept), 201)
