"use strict";
// The page says everything without this: it adds words beside the pointer, buttons that copy, and a
// choice among answers that stand in the tables.
(() => {
  const tip = document.getElementById("tip");
  const show = (mark) => {
    const title = mark.querySelector("title");
    if (!title) return;
    tip.textContent = title.textContent;
    tip.hidden = false;
    const box = mark.getBoundingClientRect();
    const left = Math.min(box.right + 6, innerWidth - tip.offsetWidth - 8);
    tip.style.left = Math.max(8, left) + "px";
    tip.style.top = Math.max(8, box.top - tip.offsetHeight - 4) + "px";
  };
  for (const mark of document.querySelectorAll(".hot")) {
    mark.addEventListener("pointerenter", () => show(mark));
    mark.addEventListener("pointerleave", () => { tip.hidden = true; });
  }
  for (const part of document.querySelectorAll(".what-if")) {
    const data = JSON.parse(part.querySelector("script").textContent);
    const [target, by] = [part.querySelector("input"), part.querySelector("select")];
    for (const [name] of data.choices) by.add(new Option(name));
    const show = () => {
      const at = data.targets[target.value];
      part.querySelector("output").textContent = at;
      target.setAttribute("aria-valuetext", at);
      part.querySelector(".answer").textContent = data.choices[by.selectedIndex][1][target.value];
    };
    target.addEventListener("input", show);
    by.addEventListener("change", show);
    show();
    part.hidden = false;
  }
  for (const block of document.querySelectorAll("pre")) {
    const button = document.createElement("button");
    button.className = "copy";
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", () => {
      const done = () => { button.textContent = "Copied"; };
      const select = () => getSelection().selectAllChildren(block);
      if (navigator.clipboard) navigator.clipboard.writeText(block.textContent).then(done, select);
      else select();
    });
    block.before(button);
  }
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details")) part.open = true;
  });
})();
