// Menus open and close by themselves (details and summary); this closes them by Escape, and when one goes elsewhere.
const MENUS = ".head details";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.(`${MENUS}[open]`);
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(`${MENUS}[open]`)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
