import { type Html, html } from "../html.js";
import type { Item } from "../items.js";
import { correctionForm } from "./itemPage.js";
import { layout, percent } from "./layout.js";

export interface ReviewFacts {
  readonly items: readonly Item[];
  readonly total: number;
  readonly classes: readonly string[];
  readonly corrections: { readonly all: number; readonly fresh: number };
  /** What has just been done. */
  readonly said: string;
}

export const reviewPage = ({ items, total, classes, corrections, said }: ReviewFacts): Html =>
  layout(
    "Review",
    "/review",
    html`${said !== "" && html`<p class="done" role="status">${said}</p>`}
    <p>${total === 0 ? "Nothing is doubtful." : `${total} doubtful ${total === 1 ? "item waits" : "items wait"}, the least sure first.`}</p>
    <ul class="queue">${items.map(
      (item) => html`<li>
        <a href="/items/${item.id}"><img src="/pictures/${item.id}" alt="Photo of ${item.title}" width="120" height="120" loading="lazy"></a>
        <div><h2>${item.title}</h2>
        <p class="muted">${item.category === null ? item.why : `${item.category}? ${percent(item.confidence ?? 0)} sure`}</p>
        ${correctionForm(item, classes, "review")}</div></li>`,
    )}</ul>
    <section aria-labelledby="learn">
      <h2 id="learn">Learn from it</h2>
      <p>People have said of ${corrections.all} ${corrections.all === 1 ? "item" : "items"} what it is; ${corrections.fresh} of them are in no data set yet.</p>
      <form method="post" action="/corrections/dataset"><button>Make a data set of the corrections</button></form>
    </section>`,
  );
