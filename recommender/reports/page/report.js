// The titles of points and bars appear at once, also after a tap; without this script, as tooltips.
const tip = document.getElementById("tip");
for (const title of document.querySelectorAll("svg title")) {
  const part = title.parentNode;
  part.dataset.tip = title.textContent;
  title.remove();
}
document.addEventListener("pointerover", event => {
  const part = event.target.closest("[data-tip]");
  tip.hidden = !part;
  if (!part) return;
  tip.textContent = part.dataset.tip;
  const at = part.getBoundingClientRect();
  const left = at.left + at.width / 2 - tip.offsetWidth / 2;
  const above = at.top - tip.offsetHeight - 6;
  const most = document.documentElement.clientWidth - tip.offsetWidth - 8;
  tip.style.left = `${Math.max(8, Math.min(left, most))}px`;
  tip.style.top = `${above > 0 ? above : at.bottom + 6}px`;
});
