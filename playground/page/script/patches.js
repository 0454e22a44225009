// What the server sends: regions to fill, messages to put or drop, things to say.
const patches = {
  fill({ id, html, digest }) {
    const region = $(id), kept = remember(region), list = { main: "main", thread: "replies" }[id];
    const low = list && atEnd($(list)), elsewhere = region.dataset.place !== state.url;
    region.innerHTML = html;
    region.dataset.digest = digest;
    restore(region, kept);
    for (const area of region.querySelectorAll(".composer textarea")) area.value ||= drafts.get(area.placeholder) ?? "";
    if (id === "modal") showModal(region, html, kept);
    if (id === "foot" && state.arriving) region.querySelector("textarea")?.focus();
    if (list) region.dataset.place = state.url;
    if (list && (low || elsewhere)) toEnd(list);
    reveal();
  },
  put({ list, id, ts, html, say }) {
    const target = $(list);
    if (!target) return;
    const low = atEnd(target), old = $(id), drawn = fragment(html);
    if (!old && target.querySelector("[data-ts]")?.dataset.ts > ts) return; // older than what is shown
    if (old) renew(old, drawn);
    else {
      target.insertBefore(drawn, [...target.children].find((item) => item.dataset.ts > ts) ?? null);
      if (say && list === "main") speak(drawn.querySelector(".said").textContent);
    }
    if (low) target.scrollTop = target.scrollHeight;
  },
  drop: ({ id }) => $(id)?.remove(),
  notice({ html, text }) {
    $("main").append(fragment(html));
    speak(text);
    toEnd("main");
  },
  toast: ({ text }) => toast(text),
  reload: () => location.reload(),
  place({ url, title, fresh }) {
    if (url !== state.url) history.pushState(null, "", url);
    state.url = url;
    document.title = document.title.replace(/.* · /, `${title} · `);
    settle();
    state.arriving = fresh && isWide();
  },
  idle: answered,
  listed: answered,
  proposed: answered,
};

// Where it is not, the keyboard would cover the messages.
const isWide = () => matchMedia("(min-width: 641px)").matches;

function renew(old, drawn) {
  const kept = remember(old);
  if (old.contains(toolbar)) drawn.append(toolbar);
  old.replaceWith(drawn);
  restore(drawn, kept);
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

const atEnd = (list) => !list || list.scrollHeight - list.scrollTop - list.clientHeight < 80;
const toEnd = (...lists) => lists.forEach((id) => $(id)?.scrollTo(0, end($(id))));
const end = (list) => (list.querySelector(".home") ? 0 : list.scrollHeight); // a Home is read from its top
const speak = (text) => ($("live").textContent = text.slice(0, 300));

// A picture has no height until it is there: who read to the end goes on doing so.
const low = new WeakMap();
body.addEventListener("scroll", ({ target }) => low.set(target, atEnd(target)), true);
body.addEventListener("load", ({ target }) => {
  const list = target.closest?.(".messages");
  if (list && low.get(list) !== false && end(list)) list.scrollTop = end(list);
}, true);

function toast(text) {
  const note = Object.assign(document.createElement("div"), { className: "toast", textContent: text });
  $("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}

// A link to a message leads to it once it is drawn.
let sought = location.hash.slice(1);
function reveal() {
  const found = sought && ($(sought) ?? $(sought.replace("m", "t")));
  if (!found) return;
  sought = "";
  found.scrollIntoView({ block: "center" });
  found.focus();
}

const FIRST = "[autofocus], .fields-of :is(input, select, textarea), footer .primary, footer button";
function showModal(dialog, html, kept) {
  if (!html) return dialog.close();
  if (!dialog.open) dialog.showModal();
  const error = dialog.querySelector(".error"), view = dialog.querySelector("form").dataset.view;
  if (error) error.parentElement.querySelector("input, textarea, select")?.focus();
  else if (!kept.focus || kept.view !== view) dialog.querySelector(FIRST)?.focus();
  else if (kept.focus.tag === "BUTTON") bringIntoSight(dialog.querySelector(".fields-of"), kept.texts);
}

// What a press has added stands below the fold of a phone. Nothing moves under who types in a field.
function bringIntoSight(fields, before) {
  const added = [...fields.children].filter((block) => !before.includes(block.textContent));
  if (!added.length) return;
  const top = added[0].offsetTop - fields.offsetTop, last = added.at(-1), margin = 16;
  const whole = last.offsetTop + last.offsetHeight - fields.offsetTop - fields.clientHeight;
  fields.scrollTop = Math.max(fields.scrollTop, Math.min(top - margin, whole + margin));
}
