"""Which interactive elements there are, what each takes, where each may stand (lengths: docs "Block Kit")."""

from collections.abc import Mapping

from playground.slack.blockkit.rich_text import RICH_TEXT
from playground.slack.blockkit.rules import (
    Rule,
    any_of,
    anything,
    boolean,
    both,
    by_type,
    choice,
    integer,
    items,
    plain,
    shape,
    string,
    text,
)

_ACTION_ID = string(255, least=1)
_CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
_STYLE = choice("primary", "danger")
_COMMON: Mapping[str, Rule] = {"action_id": _ACTION_ID, "confirm": _CONFIRM, "focus_on_load": boolean}
_PLACED: Mapping[str, Rule] = {**_COMMON, "placeholder": plain(150)}
_SLACK_FILE = shape({}, {"id": string(), "url": string()})

_OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": string(3000)})
_MARKED_OPTION = shape({"text": text(75), "value": string(150)}, {"description": text(75)})
_GROUP = shape({"label": plain(75), "options": items(_OPTION, 100)})
OPTIONS = shape({}, {"options": items(_OPTION, 100, least=0), "option_groups": items(_GROUP, 100, least=0)})
"""What an app answers to a block_suggestion."""

_CHOICES: Mapping[str, Rule] = {"options": items(_OPTION, 100), "option_groups": items(_GROUP, 100)}
_MOST: Mapping[str, Rule] = {"max_selected_items": integer(1)}
_FILTER = shape(
    {},
    {
        "include": items(choice("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_DISPATCH = shape({}, {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"))})
_TYPED: Mapping[str, Rule] = {**_PLACED, "initial_value": string(), "dispatch_action_config": _DISPATCH}
_CONVERSATION: Mapping[str, Rule] = {
    **_PLACED,
    "default_to_current_conversation": boolean,
    "filter": _FILTER,
    "response_url_enabled": boolean,
}


def _select(kind: str, one: Mapping[str, Rule], several: Mapping[str, Rule]) -> Mapping[str, Rule]:
    """A menu for one and its sibling for several choices."""
    return {
        kind: shape({}, {**_PLACED, **one, "response_url_enabled": boolean}),
        f"multi_{kind}": shape({}, {**_PLACED, **several, **_MOST}),
    }


_STATIC = {
    "static_select": both(
        shape({}, {**_PLACED, **_CHOICES, "initial_option": _OPTION}), any_of("options", "option_groups")
    ),
    "multi_static_select": both(
        shape({}, {**_PLACED, **_CHOICES, **_MOST, "initial_options": items(_OPTION, 100)}),
        any_of("options", "option_groups"),
    ),
}
_LEAST: Mapping[str, Rule] = {"min_query_length": integer(0)}
_EXTERNAL = _select(
    "external_select", {**_LEAST, "initial_option": _OPTION}, {**_LEAST, "initial_options": items(_OPTION, 100)}
)
_USERS = _select("users_select", {"initial_user": string()}, {"initial_users": items(string(), least=0)})
_CONVERSATIONS = _select(
    "conversations_select",
    {**_CONVERSATION, "initial_conversation": string()},
    {**_CONVERSATION, "initial_conversations": items(string(), least=0)},
)
_CHANNELS = _select("channels_select", {"initial_channel": string()}, {"initial_channels": items(string(), least=0)})
_MENUS: Mapping[str, Rule] = {**_STATIC, **_EXTERNAL, **_USERS, **_CONVERSATIONS, **_CHANNELS}
_SINGLE_MENUS = {kind: rule for kind, rule in _MENUS.items() if not kind.startswith("multi_")}

_BUTTON = shape(
    {"text": plain(75)},
    {**_COMMON, "value": string(2000), "url": string(3000), "style": _STYLE, "accessibility_label": string(75)},
)
_FEEDBACK = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
_TICKS: Mapping[str, Rule] = {
    "radio_buttons": shape({"options": items(_MARKED_OPTION, 10)}, {**_COMMON, "initial_option": _MARKED_OPTION}),
    "checkboxes": shape(
        {"options": items(_MARKED_OPTION, 10)}, {**_COMMON, "initial_options": items(_MARKED_OPTION, 10)}
    ),
}
_DATES: Mapping[str, Rule] = {
    "datepicker": shape({}, {**_PLACED, "initial_date": string(10)}),
    "timepicker": shape({}, {**_PLACED, "initial_time": string(5), "timezone": string()}),
}
_MOMENT: Mapping[str, Rule] = {"datetimepicker": shape({}, {**_COMMON, "initial_date_time": integer()})}
_PRESSED: Mapping[str, Rule] = {
    "button": _BUTTON,
    "workflow_button": shape({"text": plain(75), "workflow": anything}, {**_COMMON, "style": _STYLE}),
    "overflow": shape({"options": items(_OPTION, 5)}, _COMMON),
}
_TYPED_IN: Mapping[str, Rule] = {
    "plain_text_input": shape(
        {},
        {**_TYPED, "multiline": boolean, "min_length": integer(0, 3000), "max_length": integer(1, 3000)},
    ),
    "email_text_input": shape({}, _TYPED),
    "url_text_input": shape({}, _TYPED),
    "number_input": shape({"is_decimal_allowed": boolean}, {**_TYPED, "min_value": string(), "max_value": string()}),
    "rich_text_input": shape({}, {**_TYPED, "initial_value": RICH_TEXT}),
    "file_input": shape({}, {**_COMMON, "filetypes": items(string()), "max_files": integer(1, 10)}),
}

IMAGE = both(
    shape({"alt_text": string(2000)}, {"image_url": string(3000), "slack_file": _SLACK_FILE}),
    any_of("image_url", "slack_file"),
)

IN_SECTION = by_type({**_PRESSED, **_MENUS, **_TICKS, **_DATES, "image": IMAGE})
IN_ACTIONS = by_type({**_PRESSED, **_SINGLE_MENUS, **_TICKS, **_DATES, **_MOMENT})
IN_INPUT = by_type({**_MENUS, **_TICKS, **_DATES, **_MOMENT, **_TYPED_IN})
IN_CONTEXT = by_type({"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)})
IN_CONTEXT_ACTIONS = by_type(
    {
        "feedback_buttons": shape(
            {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": _ACTION_ID}
        ),
        "icon_button": shape(
            {"icon": string(), "text": plain(75)},
            {
                **_COMMON,
                "value": string(2000),
                "visible_to_user_ids": items(string()),
                "accessibility_label": string(75),
            },
        ),
    }
)
BUTTON = by_type({"button": _BUTTON})
