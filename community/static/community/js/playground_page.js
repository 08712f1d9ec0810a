// What the page of the playground does beyond running a config: one file, asked for with its controls.
import * as address from "./config_address.js";
import * as completion from "./completion.js";
import * as controls from "./controls.js";
import * as stage from "./stage.js";

export function attach(panel) {
  const form = panel.closest("form");
  controls.attach(panel);
  address.attach(form.querySelector("[data-share]"));
  completion.attach(form.querySelector("[data-help]"));
  stage.attach(form.parentElement.querySelector("[data-stage]"));
}
