"""Controls that choose: selects of every source, single and multiple, radio buttons and checkboxes."""

from collections.abc import Iterable, Sequence

from playground.page.blockkit.controls import control
from playground.page.blockkit.scene import Json, Scene, text_object, text_of
from playground.page.html import Html, el, join
from playground.page.mrkdwn import plain

_KINDS = {"users": "selected_user", "channels": "selected_channel", "conversations": "selected_conversation"}


def select(element: Json, block_id: str, scene: Scene) -> Html:
    """Draw any `…_select`: a native list where the options are few and fixed, else a box to type into."""
    kind = str(element.get("type", ""))
    if kind == "static_select":
        return control(element, block_id, scene, _native(element, block_id, scene))
    return control(element, block_id, scene, _combobox(element, block_id, scene), data_multi=kind.startswith("multi_"))


def all_options(element: Json) -> list[Json]:
    """Give the options of a static element, those in groups included."""
    groups = element.get("option_groups") or ()
    return [*(element.get("options") or ()), *(option for group in groups for option in group.get("options", ()))]


def chosen(element: Json, block_id: str, scene: Scene) -> list[Json]:
    """Give the options now chosen: what the person chose, or else what the app said to begin with."""
    filled = scene.filled(block_id, str(element.get("action_id", "")))
    kind = str(element.get("type", "")).removeprefix("multi_").removesuffix("_select")
    if kind in _KINDS:
        ids = _ids(filled, kind) if filled is not None else _initial_ids(element, kind)
        return [{"text": {"type": "plain_text", "text": _called(one, scene)}, "value": one} for one in ids]
    if filled is not None:
        return [*(filled.get("selected_options") or ()), *filter(None, [filled.get("selected_option")])]
    return [*(element.get("initial_options") or ()), *filter(None, [element.get("initial_option")])]


def _ids(filled: Json, kind: str) -> list[str]:
    key = _KINDS[kind]
    return [*(filled.get(f"{key}s") or ()), *filter(None, [filled.get(key)])]


def _initial_ids(element: Json, kind: str) -> list[str]:
    return [*(element.get(f"initial_{kind}") or ()), *filter(None, [element.get(f"initial_{kind.removesuffix('s')}")])]


def _called(one: str, scene: Scene) -> str:
    if one in scene.names.channels:
        return f"#{scene.names.channels[one]}"
    return scene.names.people.get(one, one)


def _native(element: Json, block_id: str, scene: Scene) -> Html:
    values = {str(option.get("value")) for option in chosen(element, block_id, scene)}
    prompt = el("option", text_of(element.get("placeholder")) or "Choose an option", value="", selected=not values)
    groups = [
        el("optgroup", *_native_options(group.get("options", ()), values), label=text_of(group.get("label")))
        for group in element.get("option_groups") or ()
    ]
    return el(
        "select",
        prompt,
        *_native_options(element.get("options") or (), values),
        *groups,
        data_do="choose",
        data_field=True,
        aria_label=scene.label or text_of(element.get("placeholder")) or "Choose an option",
        aria_description=scene.hint or None,
    )


def _native_options(options: Iterable[Json], values: set[str]) -> list[Html]:
    return [
        el("option", plain(text_of(option.get("text"))), value=value, selected=value in values)
        for option in options
        for value in [str(option.get("value", ""))]
    ]


def _combobox(element: Json, block_id: str, scene: Scene) -> Html:
    kind = str(element.get("type", "")).removeprefix("multi_").removesuffix("_select")
    picked = [chip(option) for option in chosen(element, block_id, scene)]
    prompt = text_of(element.get("placeholder")) or "Type to search"
    entry = el(
        "input",
        type="text",
        role="combobox",
        aria_expanded="false",
        aria_autocomplete="list",
        aria_label=scene.label or prompt,
        aria_description=scene.hint or None,
        aria_invalid="true" if block_id in scene.errors else None,
        placeholder=prompt,
        autocomplete="off",
        data_do="seek",
        data_source="app" if kind == "external" else "here",
        data_min=element.get("min_query_length", 3) if kind == "external" else None,
    )
    listed = listbox(_known_options(element, kind, scene))
    return el("span", el("span", *picked, class_="chips"), entry, listed, class_="combo")


def _known_options(element: Json, kind: str, scene: Scene) -> Sequence[Json]:
    people = [_named(one, name) for one, name in scene.names.people.items()]
    channels = [_named(one, f"#{name}") for one, name in scene.names.channels.items()]
    return {
        "users": people,
        "channels": channels,
        "conversations": [*channels, *people],
    }.get(kind) or all_options(element)


def _named(one: str, name: str) -> Json:
    return {"text": {"type": "plain_text", "text": name}, "value": one}


def chip(option: Json) -> Html:
    """Draw a chosen option; it can be taken back."""
    label = text_of(option.get("text"))
    cross = el("button", "✕", type="button", data_do="unpick", aria_label=f"Remove {label}")
    return el("span", label, cross, class_="chip", data_value=str(option.get("value", "")), data_label=label)


def listbox(options: Iterable[Json]) -> Html:
    """Draw what can be chosen from, hidden until it is asked for."""
    return el("span", option_items(options), role="listbox", class_="menu", hidden=True)


def option_items(options: Iterable[Json]) -> Html:
    """Draw options as items of a listbox."""
    return join(*(_item(option) for option in options))


def _item(option: Json) -> Html:
    described = option.get("description")
    return el(
        "button",
        text_of(option.get("text")),
        el("small", text_of(described)) if described else None,
        type="button",
        role="option",
        tabindex=-1,
        data_do="pick",
        data_value=str(option.get("value", "")),
        data_label=text_of(option.get("text")),
    )


def boxes(element: Json, block_id: str, scene: Scene) -> Html:
    """Draw radio_buttons and checkboxes."""
    one_of = element.get("type") == "radio_buttons"
    values = {str(option.get("value")) for option in chosen(element, block_id, scene)}
    group = f"{scene.key}/{block_id}/{element.get('action_id', '')}"
    drawn = [
        el(
            "label",
            el(
                "input",
                type="radio" if one_of else "checkbox",
                name=group,
                value=str(option.get("value", "")),
                checked=str(option.get("value")) in values,
                data_do="choose",
                data_field=True,
            ),
            el("span", text_object(option.get("text"), scene), _described(option, scene)),
            class_="option",
        )
        for option in element.get("options", ())
    ]
    return control(element, block_id, scene, *drawn, role="radiogroup" if one_of else "group")


def _described(option: Json, scene: Scene) -> Html | None:
    described = option.get("description")
    return el("small", text_object(described, scene)) if described else None
