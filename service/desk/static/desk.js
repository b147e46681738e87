"use strict";
// Every page works by its forms alone. Here they are sent without leaving the page, cards are
// dragged, and search answers while one types. What a button does is decided by the server.
const later = (wait, act) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(act, wait); }; };
const byId = (id, page = document) => page.getElementById(id);
const pageOf = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

// Ask again and again while somebody types, and show only the newest answer.
const asking = (source, words, url, show) => {
  let asked = 0;
  const ask = later(120, async () => {
    const mine = ++asked, answer = await fetch(url());
    if (answer.ok && !answer.redirected && mine === asked) show(await answer.text());
  });
  source.addEventListener("input", ask);
  // What was typed before this script was there.
  if (words.value !== words.defaultValue) ask();
};

const search = document.querySelector("[data-search]");
if (search) {
  asking(search, byId("q"), () => "/desk/?part=1&" + new URLSearchParams(new FormData(search)), (html) => {
    byId("found").innerHTML = html;
  });
}

const work = byId("work");
if (work) {
  const state = byId("state");
  let turn = Promise.resolve(), waiting = 0, leaving = false, dragged;

  const post = (what, more) => {
    const body = new URLSearchParams(new FormData(work));
    for (const [name, value] of Object.entries({ ...more, do: what })) body.set(name, value);
    return fetch(work.action, { method: "POST", body, headers: { "X-Desk": "1" } });
  };
  // Whoever signed in again in another tab has a new token there; the draft is still here.
  const renewToken = async () => {
    const answer = await fetch(location.href);
    const fresh = !answer.redirected && (await pageOf(answer)).querySelector("#carried [name=csrf_token]");
    if (fresh) work.querySelector("#carried [name=csrf_token]").value = fresh.value;
    return Boolean(fresh);
  };
  const show = (page, what) => {
    for (const part of work.querySelectorAll("[data-part]")) {
      const fresh = byId(part.id, page);
      part.innerHTML = fresh.innerHTML;
      part.toggleAttribute("data-changed", fresh.hasAttribute("data-changed"));
    }
    state.textContent = byId("state", page).textContent;
    // The button that was pressed is another one now: give the focus back to it, or beside it.
    if (document.activeElement !== document.body) return;
    const pick = what.slice(what.indexOf(" ") + 1), all = [...work.querySelectorAll("button[name=do]:enabled")];
    const again = all.find((button) => button.value === what) || all.find((button) => button.value.endsWith(" " + pick));
    (again || byId("buttons").querySelector("button")).focus();
  };
  const send = async (what, more) => {
    let answer = await post(what, more);
    if (answer.status === 400 && await renewToken()) answer = await post(what, more);
    if (answer.redirected) {
      leaving = true;
      location.href = answer.url;
    } else if ((answer.headers.get("Content-Type") || "").startsWith("text/html")) {
      show(await pageOf(answer), what);
    } else {
      const signedOut = answer.status === 401 || (answer.status === 400 && !await renewToken());
      state.textContent = signedOut ? state.dataset.signedOut : (await answer.json()).detail;
      state.scrollIntoView({ block: "nearest" });
    }
  };
  const wait = (change) => { waiting += change; work.toggleAttribute("data-waiting", waiting > 0); };
  // One after the other, so that each starts from what the one before has made.
  const act = (what, more) => {
    wait(1);
    turn = turn.then(() => send(what, more)).catch((error) => { state.textContent = error.message; })
      .finally(() => wait(-1));
  };

  work.addEventListener("submit", (event) => {
    event.preventDefault();
    act((event.submitter && event.submitter.value) || "preview");
  });
  byId("hold").addEventListener("change", () => act("preview"));
  work.addEventListener("click", (event) => { if (event.target.closest("[data-discard]")) leaving = true; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && byId("buttons").hasAttribute("data-changed")) event.preventDefault();
  });

  const target = (event) => dragged && event.target.closest && event.target.closest("#order li[data-place]");
  const mark = (line) => {
    for (const other of work.querySelectorAll(".over")) other.classList.remove("over");
    if (line) line.classList.add("over");
  };
  work.addEventListener("dragstart", (event) => {
    const line = event.target.closest("[data-pick]");
    if (!line) return;
    dragged = line.dataset.pick;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged);
  });
  work.addEventListener("dragend", () => { dragged = undefined; mark(); });
  work.addEventListener("dragover", (event) => {
    const line = target(event);
    if (line) event.preventDefault();
    mark(line);
  });
  work.addEventListener("drop", (event) => {
    const line = target(event);
    if (!line) return;
    event.preventDefault();
    act("drop " + dragged, { to: line.dataset.place });
  });

  const words = byId("pq");
  words.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  asking(words, words, () => "/desk/?part=pick&" + new URLSearchParams({ q: words.value }), (html) => {
    byId("picker").innerHTML = html;
  });
}
