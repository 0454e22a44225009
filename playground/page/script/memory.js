// What a person has typed, opened or focused survives a redraw of the part it stands in.
function fieldKey(field) {
  const ctl = field.closest(".ctl");
  return ctl ? [ctl.dataset.block, ctl.dataset.action, field.name && field.value].join("|") : field.placeholder;
}

function remember(part) {
  const fields = new Map();
  for (const field of part.querySelectorAll("input, textarea, select"))
    fields.set(fieldKey(field), { value: field.value, checked: field.checked, touched: field.dataset.touched });
  return {
    fields,
    focus: part.contains(document.activeElement) && focused(document.activeElement),
    folds: [...part.querySelectorAll("details")].map((fold) => fold.open),
    menus: [...part.querySelectorAll("[role=menu]")].map((menu) => menu.hidden),
    scroll: part.scrollTop,
    view: part.querySelector("[data-view]")?.dataset.view,
  };
}

const focused = (active) => ({
  id: active.id,
  key: fieldKey(active),
  tag: active.tagName,
  does: active.dataset.do,
  at: active.selectionStart,
});

function restore(part, kept) {
  for (const field of part.querySelectorAll("input, textarea, select")) {
    const was = kept.fields.get(fieldKey(field));
    if (!was?.touched || field.type === "file") continue;
    field.dataset.touched = "1";
    if (field.name) field.checked = was.checked;
    else field.value = was.value;
  }
  part.querySelectorAll("details").forEach((fold, i) => (fold.open = kept.folds[i] ?? fold.open));
  part.querySelectorAll("[role=menu]").forEach((menu, i) => (menu.hidden = kept.menus[i] ?? true));
  part.scrollTop = kept.scroll;
  if (kept.focus) refocus(part, kept.focus);
}

function refocus(part, { id, key, tag, does, at }) {
  const same = [...part.querySelectorAll(tag)].find((other) => fieldKey(other) === key && other.dataset.do === does);
  const again = (id && $(id)) || same;
  again?.focus();
  if (at != null && again?.type?.startsWith("text")) again.setSelectionRange(at, at);
}
