"""A reading method cannot write while its answer is sent, though the view has returned by then."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.test import RequestFactory

from fields.models import ActionField
from smartregion.base.access import PUBLIC, RuledView, WriteOnRead, streamed_reading_only
from tests.factories import make_field

pytestmark = pytest.mark.django_db


class StreamingView(RuledView):
    """Writes a row between its two pieces."""

    permission = PUBLIC
    writes = ("post",)

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(writing_pieces())

    post = get


def writing_pieces() -> Iterator[bytes]:
    yield b"one"
    make_field("Beim Senden")
    yield b"two"


def answer(method: str) -> StreamingHttpResponse:
    request = RequestFactory().generic(method, "/")
    request.user = AnonymousUser()
    response = StreamingView.as_view()(request)
    assert isinstance(response, StreamingHttpResponse)
    return response


def test_what_a_reading_method_streams_cannot_write() -> None:
    with pytest.raises(WriteOnRead), transaction.atomic():
        list(answer("get"))

    assert ActionField.objects.count() == 0


def test_what_a_writing_method_streams_can_write() -> None:
    assert list(answer("post")) == [b"one", b"two"]
    assert [field.name for field in ActionField.objects.all()] == ["Beim Senden"]


def test_only_the_piece_that_is_being_made_is_guarded() -> None:
    stream = streamed_reading_only(writing_pieces())

    assert next(stream) == b"one"
    make_field("Zwischen den Stücken")
    with pytest.raises(WriteOnRead), transaction.atomic():
        next(stream)
    make_field("Danach")


def test_a_reader_who_leaves_early_ends_the_reading() -> None:
    ended = []

    def pieces() -> Iterator[bytes]:
        try:
            yield b"one"
            yield b"two"
        finally:
            ended.append(True)

    stream = streamed_reading_only(pieces())
    next(stream)
    stream.close()  # type: ignore[attr-defined]

    assert ended == [True]
