// Ctrl+Enter or ⌘+Enter in a text presses the main button of its form: it posts, saves or runs. Never while an input method
// composes, and not in a text that is only shown.
const TEXTS = "textarea:not([readonly]), [data-editor] input";
const SUBMITS = "button:not([type=button], [type=reset])";

export function attachPostingKey() {
  document.addEventListener("keydown", (event) => {
    const { form } = event.target;
    if (!isPressed(event) || !form || !event.target.matches(TEXTS)) return;
    event.preventDefault();
    const buttons = [...form.elements].filter((each) => each.matches(SUBMITS));
    form.requestSubmit(buttons.find((each) => each.matches(".primary")) ?? buttons[0]);
  });
}

function isPressed(event) {
  const isComposing = event.isComposing || event.keyCode === 229;
  return event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && !event.repeat && !isComposing && !event.defaultPrevented;
}
