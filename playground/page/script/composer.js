// The composer: completion while typing, lines sent before, drafts, files.
const drafts = new Map(), lines = [];
let back = 0;

function compose(area) {
  const list = area.form.querySelector(".menu"), line = area.value.slice(0, area.selectionStart);
  back = 0;
  list.querySelector(".active")?.classList.remove("active"); // offered for a line that is no more
  area.rows = Math.min(8, area.value.split("\n").length);
  drafts.set(area.placeholder, area.value);
  if (!/^\/|(^|\s)[@#:][\w.+-]*$/.test(line)) return hideMenu(list);
  send("complete", { text: line }, ({ html }) => {
    if (area.value.slice(0, area.selectionStart) !== line) return;
    list.innerHTML = html ?? "";
    list.hidden = !html;
  });
}

function take(item) {
  const area = item.closest("form").querySelector("textarea"), { line } = item.dataset;
  area.value = line + area.value.slice(area.selectionStart);
  area.setSelectionRange(line.length, line.length);
  area.focus();
  compose(area);
}

function say(composer) {
  const area = composer.querySelector("textarea"), text = area.value, { channel, thread } = composer.dataset;
  // What nobody heard comes back, and a message that was refused; a command was heard, whatever became of it.
  const heard = ({ failed, unheard }) => {
    if (unheard || (failed && !text.startsWith("/"))) giveBack(area.placeholder, text);
  };
  if (!text.trim() || !send("say", { text, channel, thread }, heard)) return;
  if (lines.at(-1) !== text) lines.push(text);
  back = 0;
  area.value = "";
  area.rows = 1;
  drafts.delete(area.placeholder);
  hideMenu(composer.querySelector(".menu"));
  toEnd("main", "replies");
}

// The field may have been drawn anew since.
function giveBack(placeholder, text) {
  drafts.set(placeholder, text);
  for (const area of document.querySelectorAll(".composer textarea"))
    if (area.placeholder === placeholder) area.value ||= text;
}

function composerKey(event, area) {
  const { key } = event, list = area.form.querySelector(".menu"), open = !list.hidden;
  const active = open && list.querySelector(".active"), by = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (open && by) step(list, by);
  else if (open && (key === "Tab" || (key === "Enter" && active))) take(active || shown(list)[0]);
  else if (open && key === "Escape") hideMenu(list);
  else if (key === "Enter" && !event.shiftKey && !event.isComposing) say(area.form);
  else if (key === "ArrowUp" && (back || !area.value) && back < lines.length) area.value = lines.at(-++back);
  else if (key === "ArrowDown" && back) area.value = --back ? lines.at(-back) : "";
  else return;
  event.preventDefault();
}

function typeIn(text) {
  const area = $("foot").querySelector("textarea");
  area.value = text;
  area.focus();
  compose(area);
}

async function post(file, where = "") {
  const url = `/_page/files?as=${asked("as")}&name=${encodeURIComponent(file.name)}${where}`;
  const reply = await fetch(url, { method: "POST", body: file });
  const kept = reply.ok ? await reply.json() : { failure: `${file.name} was not uploaded: ${reply.statusText}.` };
  if (kept.failure) toast(kept.failure);
  return kept;
}

async function upload(input) {
  for (const file of input.files) {
    const item = Object.assign(document.createElement("li"), { textContent: file.name });
    item.dataset.file = (await post(file)).id ?? "";
    if (item.dataset.file) input.closest(".ctl").querySelector(".files").append(item);
  }
}

async function attach(input) {
  closeMenus();
  const { thread } = input.closest("form").dataset;
  for (const file of input.files) await post(file, `&c=${asked("c")}${thread ? `&t=${thread}` : ""}`);
  input.value = "";
}
