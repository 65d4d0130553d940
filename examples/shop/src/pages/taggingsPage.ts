import { type Html, html } from "../html.js";
import type { Tagging } from "../taggings.js";
import { layout } from "./layout.js";

export const taggingsPage = (taggings: readonly Tagging[]): Html =>
  layout(
    "Tagging",
    "/taggings",
    html`<p>Archives, and all that waits, are tagged by batches. <a href="/taggings">Look again</a></p>
    <form method="post" action="/taggings"><button>Tag the whole catalogue anew</button></form>
    ${taggings.length > 0 && html`<ul class="taggings">${taggings.map(entry)}</ul>`}`,
  );

const entry = ({ id, state, why, items, applied, leftOut, createdAt }: Tagging): Html => {
  const name = `Tagging ${id}`;
  return html`<li><h2>${name}: ${state}</h2>
    <p><progress aria-label="${name}" max="${items}" value="${state === "completed" ? items : applied}"></progress>
      ${state === "completed" ? items : applied} of ${items} items, since <time datetime="${createdAt.toISOString()}">${createdAt.toUTCString()}</time></p>
    ${why !== null && html`<p class="error">${why}</p>`}
    ${state === "failed" && html`<form method="post" action="/taggings/${id}/retry"><button>Try the rest again<span class="hidden">: ${name}</span></button></form>`}
    ${leftOut.length > 0 && html`<details><summary>${leftOut.length} left out</summary><ul>${leftOut.map((file) => html`<li>${file.name}: ${file.why}</li>`)}</ul></details>`}
  </li>`;
};
