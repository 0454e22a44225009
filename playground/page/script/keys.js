// Everything within reach of the keyboard.
body.addEventListener("keydown", (event) => {
  const { key, target } = event, menu = target.closest("[role=menu]"), by = { ArrowUp: -1, ArrowDown: 1 }[key];
  const chord = event.ctrlKey || event.metaKey;
  if (chord && key.toLowerCase() === "k") jump();
  else if (target.matches(".composer textarea")) return composerKey(event, target);
  else if (target.closest("#switcher")) return listKey(event, $("switcher").querySelector("[role=listbox]"));
  else if (target.dataset.do === "seek") return listKey(event, target.parentElement.querySelector("[role=listbox]"));
  else if (menu) return menuKey(event, menu);
  else if (key === "Enter" && target.matches("input") && dispatches(target, "on_enter_pressed"))
    changed(target.closest(".ctl"));
  else if (key === "Enter" && chord && target.form?.dataset.view) target.form.requestSubmit();
  else if (by && target.matches(".messages, .message")) beside(target, by);
  else if (target.matches("[role=radio], [role=tab]") && key.startsWith("Arrow"))
    (/Right|Down/.test(key) ? target.nextElementSibling : target.previousElementSibling)?.focus();
  else if (key === "Escape" && !document.querySelector("dialog[open]")) leave();
  else return;
  event.preventDefault();
});

function beside(target, by) {
  const items = [...target.closest(".messages").querySelectorAll(".message")], now = items.indexOf(target);
  (items[now < 0 ? items.length - 1 : now + by] ?? target).focus();
}

function leave() {
  if (body.classList.contains("drawn")) body.classList.remove("drawn");
  else if ($("panel").innerHTML) go({ panel: asked("panel") });
  else if ($("thread").innerHTML) go({ thread: "" });
}

function listKey(event, list) {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (by && list.hidden) seek(event.target);
  else if (by) step(list, by);
  else if (event.key === "Enter") list.querySelector(".active")?.click();
  else if (event.key === "Escape" && list.matches(".menu:not([hidden])")) hideMenu(list);
  else return;
  event.preventDefault();
}

function menuKey(event, menu) {
  const items = shown(menu), now = items.indexOf(document.activeElement);
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (by) items[(now + by + items.length) % items.length].focus();
  else if (event.key === "Escape") {
    hideMenu(menu);
    menu.parentElement.querySelector("button").focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

body.addEventListener("focusout", ({ target, relatedTarget }) => {
  const list = target.dataset.do === "seek" && target.parentElement.querySelector("[role=listbox]");
  if (list && !target.parentElement.contains(relatedTarget)) hideMenu(list);
});

$("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  quietly("close", { view: $("modal").querySelector("form")?.dataset.view });
});
