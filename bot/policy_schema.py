"""The policy file's JSON schema, for editors: docs/policy.schema.json.

It knows keys, types and patterns. What holds across places (a rule's tier exists, a group is large enough) is left to
`bot policy`.
"""

import json

from bot.engine.policy import Policy
from bot.model.plan import Json

LEFT_OUT = {"title", "default"}
"""Titles are made of field names; the default of a time is not written as one writes it."""


def policy_schema() -> str:
    """The file's text."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Policy.model_json_schema(by_alias=True)}
    return json.dumps(_for_people(schema), indent=2, ensure_ascii=False) + "\n"


def _for_people(part: Json) -> Json:
    """Without what pydantic adds for programs."""
    if isinstance(part, list):
        return [_for_people(one) for one in part]
    if isinstance(part, dict):
        return {key: _for_people(one) for key, one in part.items() if key not in LEFT_OUT}
    return part
