// Fields and controls: what was entered in them, and the acts that they cause.
function entered(ctl) {
  const kind = ctl.dataset.type, several = kind.startsWith("multi_"), chips = [...ctl.querySelectorAll(".chip")];
  if (kind.endsWith("external_select")) {
    const options = chips.map(({ dataset: d }) => ({ text: { type: "plain_text", text: d.label }, value: d.value }));
    return several ? { selected_options: options } : { selected_option: options[0] ?? null };
  }
  const ids = chips.map((chip) => chip.dataset.value);
  if (ctl.querySelector(".combo")) return several ? ids : (ids[0] ?? null);
  if (kind === "file_input") return [...ctl.querySelectorAll("[data-file]")].map((file) => file.dataset.file);
  const ticked = [...ctl.querySelectorAll("input:checked")].map((box) => box.value);
  if (kind === "checkboxes") return ticked;
  if (kind === "radio_buttons") return ticked[0] ?? null;
  const { value } = ctl.querySelector("[data-field]");
  return kind === "datetimepicker" && value ? String(Date.parse(value) / 1000) : value || null;
}

function form(part) {
  const fields = {};
  for (const ctl of part.querySelectorAll(".ctl:has([data-field], .combo, [type=file])"))
    (fields[ctl.dataset.block] ??= {})[ctl.dataset.action] = entered(ctl);
  return fields;
}

function address(element) {
  const view = element.closest("[data-view]"), message = element.closest("[data-ts]");
  if (view) return { view: view.dataset.view };
  return message ? { channel: message.dataset.channel, ts: message.dataset.ts } : {};
}

const name = ({ dataset: { block, action } }) => ({ block, action });

async function act(ctl, value) {
  if (ctl.ariaBusy === "true" || !(await confirmed(ctl))) return;
  const part = ctl.closest("[data-view], [data-ts]");
  const idle = ({ failed }) => {
    ctl.ariaBusy = null;
    ctl.classList.toggle("failed", failed);
  };
  const sent = send("act", { ...address(ctl), ...name(ctl), entered: value, form: form(part) }, idle);
  ctl.ariaBusy = sent ? "true" : null;
  ctl.classList.remove("failed");
}

function changed(ctl) {
  const field = ctl.closest(".input");
  if (!field || "dispatch" in field.dataset) act(ctl, entered(ctl));
}

function confirmed(ctl) {
  const question = ctl.querySelector(":scope > template");
  if (!question) return Promise.resolve(true);
  const dialog = $("question");
  dialog.replaceChildren(...question.content.firstElementChild.cloneNode(true).childNodes);
  dialog.className = "confirm";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.onclick = ({ target }) => target.closest("button") && dialog.close(target.closest("button").value);
    dialog.onclose = () => done(dialog.returnValue === "yes");
  });
}

function submit(part) {
  const button = part.querySelector("footer .primary");
  if (!button || button.ariaBusy === "true") return;
  const sent = send("submit", { view: part.dataset.view, form: form(part) }, () => (button.ariaBusy = null));
  button.ariaBusy = sent ? "true" : null;
}
