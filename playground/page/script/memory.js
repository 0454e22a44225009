// What a person has typed, opened, scrolled to or focused survives a redraw of the part it stands in.
function fieldKey(field) {
  const ctl = field.closest(".ctl");
  if (ctl) return [ctl.dataset.block, ctl.dataset.action, field.name && field.value].join("|");
  // One face, or channel, is told from the next.
  return field.placeholder ?? JSON.stringify(field.dataset);
}

const ctlKey = ({ dataset: { block, action } }) => [block, action].join("|");
const chipsOf = (ctl) => [...ctl.querySelectorAll(".chip")];

function remember(part) {
  const fields = new Map();
  for (const field of part.querySelectorAll("input, textarea, select"))
    fields.set(fieldKey(field), { value: field.value, checked: field.checked, touched: field.dataset.touched });
  const chosen = new Map([...part.querySelectorAll(".ctl[data-touched]")].map((ctl) => [ctlKey(ctl), chipsOf(ctl)]));
  return {
    fields,
    chosen,
    focus: part.contains(document.activeElement) && focused(document.activeElement),
    folds: [...part.querySelectorAll("details")].map((fold) => fold.open),
    menus: [...part.querySelectorAll("[role=menu]")].map((menu) => menu.hidden),
    scroll: [part.scrollTop, part.querySelector(".fields-of")?.scrollTop],
    texts: [...part.querySelectorAll(".fields-of > *")].map((block) => block.textContent),
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
  const fields = part.querySelector(".fields-of"), same = part.querySelector("[data-view]")?.dataset.view === kept.view;
  if (same) refill(part, kept);
  if (same && fields) fields.scrollTop = kept.scroll[1];
  part.querySelectorAll("details").forEach((fold, i) => (fold.open = kept.folds[i] ?? fold.open));
  part.querySelectorAll("[role=menu]").forEach((menu, i) => (menu.hidden = kept.menus[i] ?? true));
  [part.scrollTop] = kept.scroll;
  if (kept.focus) refocus(part, kept.focus);
}

function refill(part, kept) {
  for (const field of part.querySelectorAll("input, textarea, select")) {
    const was = kept.fields.get(fieldKey(field));
    if (!was?.touched || field.type === "file") continue;
    field.dataset.touched = "1";
    if (field.name) field.checked = was.checked;
    else field.value = was.value;
  }
  for (const ctl of part.querySelectorAll(".ctl:has(.chips)")) {
    if (!kept.chosen.has(ctlKey(ctl))) continue;
    ctl.dataset.touched = "1";
    ctl.querySelector(".chips").replaceChildren(...kept.chosen.get(ctlKey(ctl)));
  }
}

function refocus(part, { id, key, tag, does, at }) {
  const same = [...part.querySelectorAll(tag)].find((other) => fieldKey(other) === key && other.dataset.do === does);
  const again = (id && $(id)) || same;
  again?.focus({ preventScroll: true });
  if (does === "seek" && again?.value) seek(again); // its list was of a field that is no more
  if (at != null && again?.type?.startsWith("text")) again.setSelectionRange(at, at);
}
