// One WebSocket carries what a person does to the server, and patches of the page back.
const $ = (id) => document.getElementById(id);
const { body } = document;
const state = { url: body.dataset.url, since: body.dataset.since };
const asked = (name) => new URLSearchParams(state.url.slice(2)).get(name) ?? "";

let socket, tries = 0, serial = 0;
const waiting = new Map(); // what to do with the answer to a numbered gesture

function connect() {
  const server = location.origin.replace("http", "ws");
  const mine = new WebSocket(`${server}/_page/live?${state.url.slice(2)}&since=${state.since}`);
  socket = mine;
  held.length = 0; // drawn for who was here before
  mine.onopen = () => {
    tries = 0;
    body.classList.remove("cut");
    const drawn = [...document.querySelectorAll("[data-digest]")];
    const regions = Object.fromEntries(drawn.map((region) => [region.id, region.dataset.digest]));
    send("have", { regions, version: body.dataset.version });
  };
  mine.onmessage = (event) => mine === socket && draw(JSON.parse(event.data));
  mine.onclose = () => mine === socket && lost();
}

function lost() {
  letGo({ failed: true, unheard: true });
  body.classList.add("cut");
  // Quick at first, never slower than 8 s, spread so that many panes do not come back at once.
  setTimeout(connect, Math.min(8000, 250 * 2 ** tries++) * (0.5 + Math.random() / 2));
}

function letGo(outcome) {
  waiting.forEach((answer) => answer(outcome));
  waiting.clear();
}

// While a connection is being made, what is done waits for it: who becomes another person types on at once.
function send(what, fields = {}, answer) {
  if (socket.readyState > WebSocket.OPEN) {
    toast("Not connected: nothing was sent. Try again in a moment.");
    return false;
  }
  const n = ++serial, mine = socket, tell = () => mine.send(JSON.stringify({ do: what, n, ...fields }));
  if (answer) waiting.set(n, answer);
  if (mine.readyState === WebSocket.OPEN) tell();
  else mine.addEventListener("open", tell, { once: true });
  return true;
}

function answered(patch) {
  const answer = waiting.get(patch.n);
  waiting.delete(patch.n);
  answer?.(patch);
}

// Another person or page of the history is another connection: the server fills in whatever differs.
function visit(url) {
  state.url = url;
  drafts.clear();
  settle();
  const old = socket, open = old.readyState === WebSocket.OPEN;
  letGo({ failed: !open, unheard: !open }); // an open connection delivers what it was given before it closes
  connect();
  old.close();
}

function settle() {
  body.classList.remove("drawn");
  for (const tool of document.querySelectorAll("#top [data-panel]"))
    tool.setAttribute("aria-pressed", tool.dataset.panel === asked("panel"));
}
