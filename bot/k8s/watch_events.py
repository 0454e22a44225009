"""The lines of a watch, decoded in one pass: the type in front says what the object is."""

from functools import cache
from typing import Any, Generic, TypeVar

import msgspec

from bot.k8s.status import Status
from bot.model.kube.meta import KubeStruct, Metadata

K = TypeVar("K", bound=KubeStruct)

INITIAL_EVENTS_END = "k8s.io/initial-events-end"
"""Annotation of the bookmark with which a WatchList says that the initial state is complete."""


class Added(KubeStruct, Generic[K], tag_field="type", tag="ADDED"):
    object: K


class Modified(KubeStruct, Generic[K], tag_field="type", tag="MODIFIED"):
    object: K


class Deleted(KubeStruct, Generic[K], tag_field="type", tag="DELETED"):
    object: K


class Marked(KubeStruct):
    """An object reduced to its metadata."""

    metadata: Metadata = Metadata()


class Bookmark(KubeStruct, tag_field="type", tag="BOOKMARK"):
    object: Marked


class Error(KubeStruct, tag_field="type", tag="ERROR"):
    object: Status = Status()


@cache
def event_decoder(kind: type[K]) -> msgspec.json.Decoder[Any]:
    """Give the decoder of a watch's lines; it gives one of the classes above."""
    added, modified, deleted = Added[kind], Modified[kind], Deleted[kind]  # type: ignore[valid-type]  # at run time
    return msgspec.json.Decoder(added | modified | deleted | Bookmark | Error)


EVENT_OF_ANY = msgspec.json.Decoder(Added[Marked] | Modified[Marked] | Deleted[Marked] | Bookmark | Error)
"""For a line whose object does not fit its Struct: its version still counts."""
