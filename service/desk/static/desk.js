"use strict";
// Search as you type, and the draft of a block: what is wanted is kept here, the server draws it.
const token = () => document.querySelector("meta[name=csrf-token]").content;
const later = (wait, act) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(act, wait); }; };
const post = (url, body) => fetch(url, {
  method: "POST", redirect: "manual", body: JSON.stringify(body),
  headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
});

const search = document.querySelector("[data-search]");
if (search) {
  let asked = 0;
  const show = async () => {
    const mine = ++asked, query = new URLSearchParams(new FormData(search));
    const answer = await fetch("/desk/?part=1&" + query);
    if (answer.ok && mine === asked) document.getElementById("found").innerHTML = await answer.text();
  };
  search.addEventListener("input", later(120, show));
}

const room = document.querySelector("[data-editing]");
if (room) {
  const block = document.getElementById("block"), state = document.getElementById("state");
  const conflict = document.getElementById("conflict"), form = document.getElementById("save");
  const held = document.getElementById("hold").checked;
  let seen = Number(room.dataset.seen), draft, asked = 0;

  const begin = () => { draft = JSON.parse(room.dataset.draft); document.getElementById("hold").checked = held; };
  const body = () => ({
    article: room.dataset.article, seen, pins: draft.pins, blocks: draft.blocks,
    hold: document.getElementById("hold").checked, reason: document.getElementById("reason").value,
    start: document.getElementById("start").value, end: document.getElementById("end").value,
  });
  const placeOf = (pick) => Object.keys(draft.pins).find((place) => draft.pins[place] === pick);
  const unpin = (pick) => { const place = placeOf(pick); if (place) delete draft.pins[place]; };
  // Put a pick at a place; a pin that stands there goes where the pick came from, or one down.
  const pin = (pick, place, from) => {
    unpin(pick);
    draft.blocks = draft.blocks.filter((other) => other !== pick);
    const other = draft.pins[place];
    draft.pins[place] = pick;
    if (other && other !== pick) {
      if (from && !draft.pins[from]) draft.pins[from] = other;
      else if (place < 20) pin(other, place + 1);
    }
  };
  const drawBlocked = () => {
    const list = document.getElementById("blocked");
    list.replaceChildren();
    for (const pick of draft.blocks) {
      const line = document.createElement("p"), button = document.createElement("button");
      button.type = "button"; button.className = "small"; button.textContent = list.dataset.allow;
      button.addEventListener("click", () => { draft.blocks = draft.blocks.filter((p) => p !== pick); changed(); });
      line.append(list.dataset.label + ": " + pick + " ", button);
      list.append(line);
    }
  };
  const changed = async (focus) => {
    state.textContent = state.dataset.changed;
    for (const name of ["save-button", "discard"]) document.getElementById(name).disabled = false;
    drawBlocked();
    const mine = ++asked, answer = await post("/desk/preview", body());
    if (mine !== asked) return;
    if (answer.ok) block.innerHTML = await answer.text();
    else state.textContent = answer.status === 401 ? state.dataset.signedOut : (await answer.json()).detail;
    if (focus) {
      const card = [...block.querySelectorAll("li")].find((li) => li.dataset.pick === focus.pick);
      const again = card && (card.querySelector(`[data-do=${focus.what}]:enabled`) || card.querySelector("button"));
      if (again) again.focus();
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (!button) return;
    const card = button.closest("[data-pick]"), pick = card.dataset.pick;
    const place = Number(card.dataset.place), what = button.dataset.do;
    if (what === "pin") pin(pick, place);
    if (what === "pin-first") pin(pick, 1);
    if (what === "unpin") unpin(pick);
    if (what === "up") pin(pick, place - 1, place);
    if (what === "down") pin(pick, place + 1, place);
    if (what === "block") { unpin(pick); if (!draft.blocks.includes(pick)) draft.blocks.push(pick); }
    changed({ pick, what });
  });

  let dragged;
  block.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.pick);
  });
  block.addEventListener("dragover", (event) => {
    const over = event.target.closest("li[data-pick]");
    if (!dragged || !over) return;
    event.preventDefault();
    block.querySelectorAll(".over").forEach((li) => li.classList.remove("over"));
    over.classList.add("over");
  });
  block.addEventListener("drop", (event) => {
    const over = event.target.closest("li[data-pick]");
    if (!dragged || !over) return;
    event.preventDefault();
    pin(dragged.dataset.pick, Number(over.dataset.place), Number(dragged.dataset.place));
    dragged = undefined;
    changed();
  });

  document.getElementById("hold").addEventListener("change", () => changed());
  document.getElementById("discard").addEventListener("click", () => location.reload());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post("/desk/save", body());
    if (answer.status === 401) { state.textContent = state.dataset.signedOut; return; }
    const told = await answer.json();
    if (answer.ok) {
      location.href = "/desk/article?" + new URLSearchParams({ id: room.dataset.article, saved: told.entries });
    } else if (answer.status === 412) {
      seen = told.seen;
      conflict.innerHTML = told.newer;
    } else state.textContent = told.error || told.detail;
  });

  const picker = document.querySelector("[data-picker]"), list = document.getElementById("picker");
  const offer = async () => {
    const answer = await fetch("/desk/?part=1&" + new URLSearchParams({ q: document.getElementById("pq").value }));
    if (!answer.ok) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("li > a");
    list.replaceChildren(...[...found].slice(0, 10).map((link) => {
      const line = document.createElement("li"), button = document.createElement("button");
      const pick = new URL(link.href, location.href).searchParams.get("id");
      button.type = "button"; button.className = "small"; button.textContent = list.dataset.pin;
      button.setAttribute("aria-label", list.dataset.pin + ": " + link.textContent);
      button.addEventListener("click", () => { pin(pick, 1); changed({ pick, what: "unpin" }); });
      line.append(button, " " + link.textContent);
      return line;
    }));
  };
  picker.addEventListener("input", later(120, offer));
  picker.addEventListener("submit", (event) => { event.preventDefault(); offer(); });
  begin();
  drawBlocked();
}
