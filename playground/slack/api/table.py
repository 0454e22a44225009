"""The one table of the Web API: which methods there are, how each is called, its tier and its scopes."""

from collections.abc import Mapping

from playground.slack.api import about, chat, conversations, files, marks, streams, usergroups, users, views
from playground.slack.api.call import Method

_FAMILIES = (about, chat, conversations, files, marks, streams, usergroups, users, views)

METHODS: Mapping[str, Method] = {method.name: method for family in _FAMILIES for method in family.METHODS}
