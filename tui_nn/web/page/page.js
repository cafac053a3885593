// The terminal measures its cells when the page has loaded: its letters have to be there by then.
for (const style of ["", "bold ", "italic "]) document.fonts.load(`${style}16px 'Roboto Mono'`);

// Keys go to the terminal at once, without a click into it first.
window.addEventListener("load", () => {
  const focus = () => document.querySelector(".xterm-helper-textarea")?.focus();
  new MutationObserver(focus).observe(document.body, { attributeFilter: ["class"] });
  window.addEventListener("focus", focus);
  focus();
});
