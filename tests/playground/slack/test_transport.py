"""The table's transport column against slack_sdk itself: how it sends each method."""

import inspect
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.api.call import Transport
from playground.slack.api.table import METHODS


class Recording(AsyncWebClient):
    """A client that notes how it would send a call instead of sending it."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-practice")
        self.sent: list[Transport] = []

    async def api_call(self, api_method: str, *, http_verb: str = "POST", **how: Any) -> Any:
        self.sent.append(Transport.GET if http_verb == "GET" else _transport(how))


def _transport(how: dict[str, Any]) -> Transport:
    return Transport.JSON if how.get("json") is not None else Transport.FORM


ONE_OF_SEVERAL = {"conversations.open": {"users": "U1"}, "views.update": {"view_id": "V1"}}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", sorted(METHODS))
async def test_a_method_is_sent_as_the_table_says(name: str) -> None:
    client = Recording()
    send = getattr(client, name.replace(".", "_"))
    required = [
        parameter.name
        for parameter in inspect.signature(send).parameters.values()
        if parameter.default is inspect.Parameter.empty and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    given = {parameter: [{"id": "F1"}] if parameter == "files" else "x" for parameter in required}
    await send(**given, **ONE_OF_SEVERAL.get(name, {}))
    assert client.sent == [METHODS[name].transport]
