// What pressing something does, by its data-do; the page listens once, on the body.
const go = (fields) => send("go", fields);
const quietly = (what, fields) => send(what, fields, () => closeMenus());

const does = {
  open(e) {
    const { channel, person, home } = e.dataset;
    $("switcher").close();
    go({ channel, person, home });
    // Of where one is already nothing is drawn anew.
    if (e.ariaCurrent && isWide()) $("foot").querySelector("textarea")?.focus();
  },
  become: ({ dataset: { person } }) => become(person),
  thread: (e) => go({ thread: e.closest("[data-ts]").dataset.thread }),
  "leave-thread": () => go({ thread: "" }),
  panel: ({ dataset: { panel } }) => go({ panel }),
  react: (e) => quietly("react", { ...address(e), name: e.dataset.name }),
  dismiss: (e) => quietly("dismiss", address(e)),
  join: () => quietly("join"),
  shortcut: (e) => quietly("shortcut", { ...address(e), callback: e.dataset.callback }),
  fault: (e) => quietly("fault", { name: e.dataset.name }),
  "copy-link": (e) => copyLink(address(e)),
  attach: (e) => e.parentElement.querySelector("input").click(),
  act: (e) => (closeMenus(), act(e.closest(".ctl"), e.dataset.value ?? null)),
  menu: openMenu,
  pick, unpick, take, jump, seek,
  type: ({ dataset: { text } }) => typeIn(text),
  close: (e) => quietly("close", { view: e.form.dataset.view }),
  "close-all": (e) => quietly("close", { view: e.form.dataset.view, all: true }),
  drawer: () => body.classList.toggle("drawn"),
  theme: () => {
    const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
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

function copyLink({ channel, ts }) {
  navigator.clipboard?.writeText(`${location.origin}/archives/${channel}/p${ts.replace(".", "")}`);
  closeMenus();
}

function follow(link) {
  const [, channel, digits] = link?.href.match(`^${location.origin}/archives/(\\w+)/p(\\d+)$`) ?? [];
  if (!channel) return false;
  const ts = digits.replace(/(\d{6})$/, ".$1");
  sought = `m-${channel}-${ts}`;
  go({ channel, ts });
  reveal();
  return true;
}

body.addEventListener("click", (event) => {
  const { target } = event, element = target.closest("button[data-do], a[data-do], input[data-do=seek]");
  if (!target.closest(".opens, .overflow, .combo, .menu")) closeMenus();
  if (!target.closest("#side, .drawer")) body.classList.remove("drawn");
  if (follow(target.closest("a"))) return event.preventDefault();
  does[element?.dataset.do]?.(element);
  if (element?.matches("button")) event.preventDefault();
});

body.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.dataset.do === "say") say(event.target);
  else submit(event.target);
});

body.addEventListener("input", ({ target }) => {
  target.dataset.touched = "1";
  if (target.closest(".composer")) compose(target);
  else if (target.dataset.do === "seek") seek(target);
  else if (dispatches(target, "on_character_entered")) {
    clearTimeout(asking);
    asking = setTimeout(() => changed(target.closest(".ctl")), 300);
  }
});

const dispatches = (field, when) =>
  field.closest("[data-dispatch]") && (field.dataset.on ?? "on_enter_pressed").includes(when);

body.addEventListener("change", async ({ target }) => {
  const what = target.dataset.do;
  if (what === "attach") await attach(target);
  if (what === "files") await upload(target);
  if (what === "choose" || what === "files") changed(target.closest(".ctl"));
});
