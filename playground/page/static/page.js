// The page's only script: sends what a person does over one WebSocket and applies the patches that come back.
const $ = (id) => document.getElementById(id);
const { body } = document;
const state = { url: body.dataset.url, since: body.dataset.since };
const asked = (name) => new URLSearchParams(state.url.slice(2)).get(name) ?? "";

// The connection

let socket, tries = 0, serial = 0;
const waiting = new Map(); // what to do with the answer to a numbered request

function connect() {
  socket = new WebSocket(`${location.origin.replace("http", "ws")}/_page/live?${state.url.slice(2)}&since=${state.since}`);
  const mine = socket;
  mine.onopen = () => {
    tries = 0;
    body.classList.remove("cut");
    const regions = Object.fromEntries([...document.querySelectorAll("[data-digest]")].map((r) => [r.id, r.dataset.digest]));
    send("have", { regions });
  };
  mine.onmessage = (event) => JSON.parse(event.data).forEach((patch) => patches[patch.op](patch));
  mine.onclose = () => {
    if (mine !== socket) return;
    waiting.forEach((answer) => answer({ failed: true }));
    waiting.clear();
    body.classList.add("cut");
    // Quick at first, never slower than 8 s, spread so that many panes do not come back at once.
    setTimeout(connect, Math.min(8000, 250 * 2 ** tries++) * (0.5 + Math.random() / 2));
  };
}

function send(what, fields = {}, answer) {
  if (socket.readyState !== WebSocket.OPEN) {
    toast("Not connected: nothing was sent. Try again in a moment.");
    return false;
  }
  const n = ++serial;
  if (answer) waiting.set(n, answer);
  socket.send(JSON.stringify({ do: what, n, ...fields }));
  return true;
}

const answered = (patch) => {
  const answer = waiting.get(patch.n);
  waiting.delete(patch.n);
  answer?.(patch);
};

// Patches

const patches = {
  fill({ id, html, digest }) {
    const region = $(id), modal = id === "modal", list = id === "main" || id === "thread";
    const kept = remember(region), low = list && atEnd(list && $(id === "main" ? id : "replies"));
    const same = region.dataset.place === state.url;
    region.innerHTML = html;
    region.dataset.digest = digest;
    restore(region, kept);
    for (const area of region.querySelectorAll(".composer textarea")) area.value ||= drafts.get(area.placeholder) ?? "";
    if (modal) showModal(region, html, kept);
    if (list && (low || !same)) toEnd();
    if (list) region.dataset.place = state.url;
    reveal();
  },
  put({ list, id, ts, html, say }) {
    const target = $(list);
    if (!target) return;
    const low = atEnd(target), old = $(id), drawn = fragment(html), kept = old && remember(old);
    if (old) {
      if (old.contains(toolbar)) drawn.append(toolbar);
      old.replaceWith(drawn);
    }
    else {
      target.insertBefore(drawn, [...target.children].find((item) => item.dataset.ts > ts) ?? null);
      if (say && list === "main") $("live").textContent = drawn.querySelector(".said").textContent.slice(0, 300);
    }
    if (kept) restore(drawn, kept);
    if (low) target.scrollTop = target.scrollHeight;
  },
  drop: ({ id }) => $(id)?.remove(),
  notice({ html, text }) {
    $("main").append(fragment(html));
    $("live").textContent = text;
    toEnd();
  },
  toast: ({ text }) => toast(text),
  place({ url, title, fresh }) {
    if (url !== state.url) history.pushState(null, "", url);
    state.url = url;
    document.title = document.title.replace(/.* · /, `${title} · `);
    settle();
    if (fresh && matchMedia("(min-width: 641px)").matches) setTimeout(() => $("foot").querySelector("textarea")?.focus());
  },
  idle: answered, listed: answered, proposed: answered,
};

// A link to a message leads to it once it is drawn.
let sought = location.hash.slice(1);
function reveal() {
  const found = sought && ($(sought) ?? $(sought.replace("m", "t")));
  if (!found) return;
  sought = "";
  found.scrollIntoView({ block: "center" });
  found.focus();
}

const fragment = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
};
const atEnd = (list) => !list || list.scrollHeight - list.scrollTop - list.clientHeight < 80;
const toEnd = () => ["main", "replies"].forEach((id) => $(id) && ($(id).scrollTop = $(id).scrollHeight));

// What a person has typed, opened or focused survives a redraw of the part it stands in.
const fieldKey = (field) => {
  const ctl = field.closest(".ctl");
  return ctl ? [ctl.dataset.block, ctl.dataset.action, field.name && field.value].join("|") : field.placeholder;
};
function remember(part) {
  const fields = new Map();
  for (const field of part.querySelectorAll("input, textarea, select"))
    fields.set(fieldKey(field), { value: field.value, checked: field.checked, touched: field.dataset.touched });
  const active = document.activeElement;
  const focus = part.contains(active) && { id: active.id, key: fieldKey(active), tag: active.tagName, do: active.dataset.do, from: active.selectionStart };
  const folds = [...part.querySelectorAll("details")].map((fold) => fold.open);
  const menus = [...part.querySelectorAll("[role=menu]")].map((menu) => menu.hidden);
  return { fields, focus, folds, menus, scroll: part.scrollTop, view: part.querySelector("[data-view]")?.dataset.view };
}
function restore(part, kept) {
  for (const field of part.querySelectorAll("input, textarea, select")) {
    const was = kept.fields.get(fieldKey(field));
    if (!was?.touched || field.type === "file") continue;
    field.dataset.touched = "1";
    if (field.name) field.checked = was.checked;
    else field.value = was.value;
  }
  part.querySelectorAll("details").forEach((fold, i) => kept.folds[i] !== undefined && (fold.open = kept.folds[i]));
  part.querySelectorAll("[role=menu]").forEach((menu, i) => (menu.hidden = kept.menus[i] ?? true));
  part.scrollTop = kept.scroll;
  const { focus } = kept;
  if (!focus) return;
  const same = [...part.querySelectorAll(focus.tag)].find((e) => fieldKey(e) === focus.key && e.dataset.do === focus.do);
  const again = (focus.id && $(focus.id)) || same;
  again?.focus();
  if (focus.from != null && again?.type?.startsWith("text")) again.setSelectionRange(focus.from, focus.from);
}

function showModal(dialog, html, kept) {
  if (!html) return dialog.close();
  if (!dialog.open) dialog.showModal();
  const error = dialog.querySelector("[aria-invalid], .error");
  if (error) (error.matches("input, textarea") ? error : error.parentElement.querySelector("input, textarea, select"))?.focus();
  else if (!kept.focus || kept.view !== dialog.querySelector("form").dataset.view)
    dialog.querySelector("[autofocus], .fields-of :is(input, select, textarea), footer .primary, footer button")?.focus();
}

function toast(text) {
  const note = Object.assign(document.createElement("div"), { className: "toast", textContent: text });
  $("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}

// Fields

function entered(ctl) {
  const picked = [...ctl.querySelectorAll(".chip")].map((chip) => ({ text: { type: "plain_text", text: chip.dataset.label }, value: chip.dataset.value }));
  const kind = ctl.dataset.type, several = kind.startsWith("multi_");
  if (kind.endsWith("external_select")) return several ? { selected_options: picked } : { selected_option: picked[0] ?? null };
  if (ctl.querySelector(".combo")) return several ? picked.map((p) => p.value) : (picked[0]?.value ?? null);
  if (kind === "file_input") return [...ctl.querySelectorAll("[data-file]")].map((file) => file.dataset.file);
  if (kind === "checkboxes" || kind === "radio_buttons") {
    const ticked = [...ctl.querySelectorAll(":checked")].map((box) => box.value);
    return kind === "checkboxes" ? ticked : (ticked[0] ?? null);
  }
  const { value } = ctl.querySelector("[data-field]");
  return kind === "datetimepicker" && value ? String(Date.parse(value) / 1000) : value || null;
}
function form(part) {
  const fields = {};
  for (const ctl of part.querySelectorAll(".ctl"))
    if (ctl.querySelector("[data-field], .combo, [type=file]")) (fields[ctl.dataset.block] ??= {})[ctl.dataset.action] = entered(ctl);
  return fields;
}
const address = (element) => {
  if (!element.closest("[data-view], [data-ts]")) return {};
  const view = element.closest("[data-view]"), message = element.closest("[data-ts]");
  return view ? { view: view.dataset.view } : { channel: message.dataset.channel, ts: message.dataset.ts };
};

async function act(ctl, value) {
  if (ctl.ariaBusy === "true" || !(await confirmed(ctl))) return;
  ctl.ariaBusy = "true";
  ctl.classList.remove("failed");
  const fields = { ...address(ctl), block: ctl.dataset.block, action: ctl.dataset.action, entered: value, form: form(ctl.closest("[data-view], [data-ts]")) };
  const idle = ({ failed }) => {
    ctl.ariaBusy = null;
    ctl.classList.toggle("failed", failed);
  };
  if (!send("act", fields, idle)) ctl.ariaBusy = null;
}

function confirmed(ctl) {
  const asked = ctl.querySelector(":scope > template");
  if (!asked) return Promise.resolve(true);
  const dialog = $("question");
  dialog.replaceChildren(...asked.content.firstElementChild.cloneNode(true).childNodes);
  dialog.className = "confirm";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.onclick = (event) => event.target.closest("button") && dialog.close(event.target.closest("button").value);
    dialog.onclose = () => done(dialog.returnValue === "yes");
  });
}

// Menus and listboxes

const closeMenus = (but) => document.querySelectorAll(".menu:not([hidden])").forEach((menu) => menu !== but && hideMenu(menu));
function hideMenu(menu) {
  menu.hidden = true;
  menu.parentElement.querySelector("[aria-expanded]")?.setAttribute("aria-expanded", "false");
}
function openMenu(opener) {
  const menu = opener.parentElement.querySelector(":scope > .menu");
  if (!menu.hidden) return hideMenu(menu);
  closeMenus();
  menu.hidden = false;
  opener.setAttribute("aria-expanded", "true");
  menu.classList.toggle("up", menu.getBoundingClientRect().bottom > innerHeight - 90);
  menu.classList.toggle("over", menu.getBoundingClientRect().right > innerWidth - 8);
  menu.querySelector("button")?.focus();
}
const shownItems = (list) => [...list.querySelectorAll("button")].filter((item) => !item.hidden);
function step(list, by) {
  const items = shownItems(list), now = items.findIndex((item) => item.classList.contains("active"));
  const next = items[(now + by + items.length) % items.length];
  activate(list, next);
  return next;
}
function activate(list, item) {
  list.querySelector(".active")?.classList.remove("active");
  item?.classList.add("active");
  item?.scrollIntoView({ block: "nearest" });
}

// A combobox keeps its listbox beside it; options of the app are asked for, all others are there already.
let asking;
function seek(input) {
  const list = input.parentElement.querySelector("[role=listbox]"), query = input.value.toLowerCase();
  closeMenus(list);
  const show = () => {
    list.hidden = !shownItems(list).length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    activate(list, shownItems(list)[0]);
  };
  if (input.dataset.source === "here") {
    list.querySelectorAll("button").forEach((item) => (item.hidden = !item.textContent.toLowerCase().includes(query)));
    return show();
  }
  clearTimeout(asking);
  if (query.length < Number(input.dataset.min)) return;
  const ctl = input.closest(".ctl");
  asking = setTimeout(() => send("seek", { ...address(input), block: ctl.dataset.block, action: ctl.dataset.action, query: input.value }, ({ html }) => {
    list.innerHTML = html ?? "";
    show();
  }), 150);
}
function pick(option) {
  const ctl = option.closest(".ctl"), chips = ctl.querySelector(".chips"), input = ctl.querySelector("input");
  const chip = Object.assign(document.createElement("span"), { className: "chip", textContent: option.dataset.label });
  Object.assign(chip.dataset, { value: option.dataset.value, label: option.dataset.label });
  const cross = Object.assign(document.createElement("button"), { type: "button", textContent: "✕", ariaLabel: `Remove ${option.dataset.label}` });
  cross.dataset.do = "unpick";
  chip.append(cross);
  if (!("multi" in ctl.dataset)) chips.replaceChildren();
  if (![...chips.children].some((other) => other.dataset.value === chip.dataset.value)) chips.append(chip);
  input.value = "";
  hideMenu(ctl.querySelector("[role=listbox]"));
  input.focus();
  changed(ctl);
}
function changed(ctl) {
  const field = ctl.closest(".input");
  if (!field || "dispatch" in field.dataset) act(ctl, entered(ctl));
}

// The composer

const drafts = new Map(), sent = [];
let back = 0;
function compose(area) {
  const list = area.form.querySelector(".menu"), line = area.value.slice(0, area.selectionStart);
  back = 0;
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
  const area = item.closest("form").querySelector("textarea"), rest = area.value.slice(area.selectionStart);
  area.value = item.dataset.line + rest;
  area.setSelectionRange(item.dataset.line.length, item.dataset.line.length);
  area.focus();
  compose(area);
}
function say(composer) {
  const area = composer.querySelector("textarea"), text = area.value;
  if (!text.trim() || !send("say", { text, thread: composer.dataset.thread }, ({ failed }) => failed && !area.value && !text.startsWith("/") && (area.value = text))) return;
  if (sent.at(-1) !== text) sent.push(text);
  back = 0;
  area.value = "";
  area.rows = 1;
  drafts.delete(area.placeholder);
  hideMenu(composer.querySelector(".menu"));
  toEnd();
}
function composerKey(event, area) {
  const list = area.form.querySelector(".menu"), open = !list.hidden, active = list.querySelector(".active");
  if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) step(list, event.key === "ArrowDown" ? 1 : -1);
  else if (open && (event.key === "Tab" || (event.key === "Enter" && active))) take(active ?? shownItems(list)[0]);
  else if (open && event.key === "Escape") hideMenu(list);
  else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) say(area.form);
  else if (event.key === "ArrowUp" && (back || !area.value) && back < sent.length) area.value = sent.at(-++back);
  else if (event.key === "ArrowDown" && back) area.value = --back ? sent.at(-back) : "";
  else return;
  event.preventDefault();
}

// The switcher

function jump() {
  const dialog = $("switcher"), input = dialog.querySelector("input"), list = dialog.querySelector("[role=listbox]");
  list.replaceChildren(...[...document.querySelectorAll("#rail button")].map((button) => {
    const item = button.cloneNode(true);
    item.setAttribute("role", "option");
    return item;
  }));
  input.value = "";
  input.oninput = () => {
    shownItems(dialog).concat([...list.querySelectorAll("[hidden]")]).forEach((item) => (item.hidden = !item.textContent.toLowerCase().includes(input.value.toLowerCase())));
    activate(list, shownItems(list)[0]);
  };
  activate(list, list.firstElementChild);
  if (!dialog.open) dialog.showModal();
}

// What clicking does, by data-do

const go = (fields) => send("go", fields);
const does = {
  open: ({ dataset: { channel, person, home } }) => ($("switcher").close(), go({ channel, person, home })),
  become: ({ dataset: { person } }) => become(person),
  thread: (e) => go({ thread: e.closest("[data-ts]").dataset.thread }),
  "leave-thread": () => go({ thread: "" }),
  panel: ({ dataset: { panel } }) => go({ panel }),
  react: (e) => (send("react", { ...address(e), name: e.dataset.name }, () => {}), closeMenus()),
  dismiss: (e) => (send("dismiss", address(e), () => {}), closeMenus()),
  join: () => send("join", {}, () => {}),
  fault: (e) => ((e.ariaBusy = "true"), send("fault", { name: e.dataset.name }, () => (e.ariaBusy = null))),
  shortcut: (e) => (send("shortcut", { ...address(e), callback: e.dataset.callback }, () => {}), closeMenus()),
  "copy-link": (e) => {
    const { channel, ts } = address(e);
    navigator.clipboard?.writeText(`${location.origin}/archives/${channel}/p${ts.replace(".", "")}`);
    closeMenus();
  },
  attach: (e) => e.matches("button") && e.parentElement.querySelector("input").click(),
  act: (e) => (closeMenus(), act(e.closest(".ctl"), e.dataset.value ?? null)),
  menu: openMenu,
  pick, take, jump,
  unpick: (e) => {
    const ctl = e.closest(".ctl");
    e.closest(".chip").remove();
    changed(ctl);
  },
  seek,
  type: ({ dataset: { text } }) => {
    const area = $("foot").querySelector("textarea");
    area.value = text;
    area.focus();
    compose(area);
  },
  close: (e) => send("close", { view: e.form.dataset.view }, () => {}),
  "close-all": (e) => send("close", { view: e.form.dataset.view, all: true }, () => {}),
  drawer: () => body.classList.toggle("drawn"),
  split: () => "follow",
  theme: () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches, root = document.documentElement;
    root.dataset.theme = (root.dataset.theme || (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme};path=/;max-age=31536000;samesite=strict`;
  },
};

function become(person) {
  const at = new URLSearchParams(state.url.slice(2));
  at.set("as", person);
  for (const gone of ["t", "home"]) at.delete(gone);
  history.pushState(null, "", `/?${at}`);
  visit(`/?${at}`);
}

// Another place is another connection: the server fills in whatever differs.
function visit(url) {
  state.url = url;
  drafts.clear();
  settle();
  const old = socket;
  connect();
  old.close();
}
function settle() {
  body.classList.remove("drawn");
  document.querySelectorAll("#top [data-panel]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.panel === asked("panel")));
}

body.addEventListener("click", (event) => {
  const element = event.target.closest("[data-do]"), what = element?.dataset.do;
  const [, channel, digits] = event.target.closest("a")?.href.match(`^${location.origin}/archives/(\\w+)/p(\\d+)$`) ?? [];
  if (channel) {
    const ts = digits.replace(/(\d{6})$/, ".$1");
    event.preventDefault();
    sought = `m-${channel}-${ts}`;
    return go({ channel, ts }), reveal();
  }
  if (!event.target.closest(".opens, .overflow, .combo, .menu")) closeMenus();
  if (body.classList.contains("drawn") && !event.target.closest("#side, .drawer")) body.classList.remove("drawn");
  if (!element || element.matches("form") || ["choose", "type", "files", "attach"].includes(what) && !element.matches("button")) return;
  if (does[what]?.(element, event) !== "follow" && element.tagName !== "A" && what !== "seek") event.preventDefault();
});
body.addEventListener("submit", (event) => {
  event.preventDefault();
  const part = event.target;
  if (part.dataset.do === "say") return say(part);
  const button = part.querySelector("[type=submit], footer .primary");
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  if (!send("submit", { view: part.dataset.view, form: form(part) }, () => (button.ariaBusy = null))) button.ariaBusy = null;
});
body.addEventListener("input", ({ target }) => {
  target.dataset.touched = "1";
  if (target.closest(".composer")) compose(target);
  else if (target.dataset.do === "seek") seek(target);
  else if (target.dataset.on?.includes("on_character_entered") && target.closest("[data-dispatch]")) {
    clearTimeout(asking);
    asking = setTimeout(() => act(target.closest(".ctl"), entered(target.closest(".ctl"))), 300);
  }
});
body.addEventListener("change", async ({ target }) => {
  if (target.dataset.do === "attach") await attach(target);
  if (target.dataset.do === "files") await upload(target);
  if (["choose", "files"].includes(target.dataset.do)) changed(target.closest(".ctl"));
});
async function post(file, where) {
  const reply = await fetch(`/_page/files?as=${asked("as")}&name=${encodeURIComponent(file.name)}${where}`, { method: "POST", body: file });
  if (reply.ok) return reply.json();
  toast(`${file.name} was not uploaded: ${reply.statusText}.`);
}
async function upload(input) {
  for (const file of input.files) {
    const kept = await post(file, "");
    if (!kept) return;
    const item = Object.assign(document.createElement("li"), { textContent: file.name });
    item.dataset.file = kept.id;
    input.closest(".ctl").querySelector(".files").append(item);
  }
}
async function attach(input) {
  closeMenus();
  const thread = input.closest("form").dataset.thread;
  for (const file of input.files) {
    const { failure } = (await post(file, `&c=${asked("c")}${thread ? `&t=${thread}` : ""}`)) ?? {};
    if (failure) toast(failure);
  }
  input.value = "";
}

// Keys

body.addEventListener("keydown", (event) => {
  const { key, target } = event, menu = target.closest(".menu"), list = target.closest(".messages");
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k") {
    event.preventDefault();
    return jump();
  }
  if (target.closest(".composer") && target.matches("textarea")) return composerKey(event, target);
  if (target.closest("#switcher")) return listKey(event, $("switcher").querySelector("[role=listbox]"));
  if (target.dataset.do === "seek") return listKey(event, target.parentElement.querySelector("[role=listbox]"));
  if (menu) return menuKey(event, menu);
  if (key === "Enter" && target.dataset.on?.includes("on_enter_pressed")) {
    event.preventDefault();
    act(target.closest(".ctl"), entered(target.closest(".ctl")));
  } else if (key === "Enter" && (event.ctrlKey || event.metaKey) && target.form?.dataset.view) target.form.requestSubmit();
  else if (list && target.matches(".messages, .message") && ["ArrowUp", "ArrowDown"].includes(key)) {
    event.preventDefault();
    const items = [...list.querySelectorAll(".message")], now = items.indexOf(target);
    (items[now < 0 ? items.length - 1 : now + (key === "ArrowDown" ? 1 : -1)] ?? target).focus();
  } else if (target.matches("[role=radio], [role=tab]") && /^Arrow/.test(key)) {
    event.preventDefault();
    const beside = /Right|Down/.test(key) ? target.nextElementSibling : target.previousElementSibling;
    beside?.focus();
  } else if (key === "Escape" && !document.querySelector("dialog[open]")) {
    if (body.classList.contains("drawn")) body.classList.remove("drawn");
    else if ($("panel").innerHTML) go({ panel: asked("panel") });
    else if ($("thread").innerHTML) go({ thread: "" });
  }
});
function listKey(event, list) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (list.hidden) seek(event.target);
    else step(list, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") list.querySelector(".active")?.click();
  else if (event.key === "Escape" && list.matches(".menu:not([hidden])")) hideMenu(list);
  else return;
  event.preventDefault();
}
function menuKey(event, menu) {
  const items = shownItems(menu), now = items.indexOf(document.activeElement);
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (by) items[(now + by + items.length) % items.length].focus();
  else if (event.key === "Escape") {
    hideMenu(menu);
    menu.parentElement.querySelector("button").focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
$("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  const form = $("modal").querySelector("form");
  if (form) send("close", { view: form.dataset.view }, () => {});
});

body.addEventListener("focusout", ({ target, relatedTarget }) => {
  const list = target.dataset.do === "seek" && target.parentElement.querySelector("[role=listbox]");
  if (list && !target.parentElement.contains(relatedTarget)) hideMenu(list);
});

// The toolbar goes to the message under the pointer or the focus; on touch, to the one tapped.
const toolbar = $("toolbar").content.firstElementChild;
function offer({ target }) {
  const message = target.closest?.(".message:not(.ephemeral)");
  if (message && toolbar.parentElement !== message && !toolbar.querySelector(".menu:not([hidden])")) message.append(toolbar);
}
for (const kind of ["pointerover", "focusin", "click"]) body.addEventListener(kind, offer);

history.replaceState(null, "", state.url);
addEventListener("popstate", () => visit(location.pathname + location.search));
showModal($("modal"), $("modal").innerHTML, {});
["main", "thread"].forEach((id) => ($(id).dataset.place = state.url));
toEnd();
reveal();
connect();
