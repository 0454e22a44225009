// Menus that open beside a button, and boxes to type into with a list beside them.
function closeMenus(but) {
  for (const menu of document.querySelectorAll(".menu:not([hidden])")) if (menu !== but) hideMenu(menu);
}

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

const shown = (list) => [...list.querySelectorAll("button")].filter((item) => !item.hidden);

function narrow(list, query) {
  for (const item of list.querySelectorAll("button"))
    item.hidden = !item.textContent.toLowerCase().includes(query.toLowerCase());
  activate(list, shown(list)[0]);
}

function step(list, by) {
  const items = shown(list), now = items.findIndex((item) => item.classList.contains("active"));
  activate(list, items[(Math.max(now, by < 0 ? 0 : -1) + by + items.length) % items.length]);
}

let items = 0;
function activate(list, item) {
  list.querySelector(".active")?.classList.remove("active");
  item?.classList.add("active");
  if (item) item.id ||= `item-${++items}`; // a screen reader follows the field to it
  list.parentElement.querySelector("[aria-autocomplete]")?.setAttribute("aria-activedescendant", item?.id ?? "");
  item?.scrollIntoView({ block: "nearest" });
}

// Options of the app are asked for while somebody types; all others stand in the list already.
let asking;
function seek(input) {
  const list = input.parentElement.querySelector("[role=listbox]"), query = input.value;
  const show = () => {
    list.hidden = !shown(list).length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  closeMenus(list);
  clearTimeout(asking);
  if (input.dataset.source === "here") {
    narrow(list, query);
    show();
  } else if (query.length >= Number(input.dataset.min)) {
    const listed = ({ html }) => {
      list.innerHTML = html ?? "";
      activate(list, shown(list)[0]);
      show();
    };
    asking = setTimeout(() => send("seek", { ...address(input), ...name(input.closest(".ctl")), query }, listed), 150);
  }
}

function pick(option) {
  const ctl = option.closest(".ctl"), chips = ctl.querySelector(".chips"), input = ctl.querySelector("input");
  const { value, label } = option.dataset;
  if (!("multi" in ctl.dataset)) chips.replaceChildren();
  if (![...chips.children].some((chip) => chip.dataset.value === value)) chips.append(chipOf(value, label));
  ctl.dataset.touched = "1";
  input.value = "";
  input.focus();
  hideMenu(ctl.querySelector("[role=listbox]"));
  changed(ctl);
}

function chipOf(value, label) {
  const chip = Object.assign(document.createElement("span"), { className: "chip", textContent: label });
  const cross = Object.assign(document.createElement("button"), { type: "button", textContent: "✕" });
  Object.assign(chip.dataset, { value, label });
  cross.dataset.do = "unpick";
  cross.ariaLabel = `Remove ${label}`;
  chip.append(cross);
  return chip;
}

function unpick(cross) {
  const ctl = cross.closest(".ctl");
  cross.closest(".chip").remove();
  ctl.dataset.touched = "1";
  changed(ctl);
}

// The switcher: everything of the left column, by typing.
function jump() {
  const dialog = $("switcher"), input = dialog.querySelector("input"), list = dialog.querySelector("[role=listbox]");
  list.replaceChildren(...[...document.querySelectorAll("#rail button")].map((button) => button.cloneNode(true)));
  for (const item of list.children) item.setAttribute("role", "option");
  input.value = "";
  input.oninput = () => narrow(list, input.value);
  narrow(list, "");
  if (!dialog.open) dialog.showModal();
}
