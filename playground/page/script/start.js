// The toolbar goes to the message under the pointer or the focus; on touch, to the one tapped.
const toolbar = $("toolbar").content.firstElementChild;
function offer({ target }) {
  const message = target.closest?.(".message:not(.ephemeral)");
  if (!message || message.contains(toolbar) || toolbar.querySelector(".menu:not([hidden])")) return;
  message.append(toolbar);
}
for (const kind of ["pointerover", "focusin", "click"]) body.addEventListener(kind, offer);

history.replaceState(null, "", state.url);
addEventListener("popstate", () => visit(location.pathname + location.search));
for (const id of ["main", "thread"]) $(id).dataset.place = state.url;
if ($("modal").innerHTML) showModal($("modal"), "drawn", {});
toEnd("main", "replies");
reveal();
connect();
