import { type Html, html } from "../html.js";
import type { Item } from "../items.js";
import { layout, percent } from "./layout.js";

const SAID = {
  waiting: "It is being tagged; shoppers see it after that.",
  shown: "Shoppers see it.",
  review: "The model is not sure of it: a person looks at it before shoppers see it.",
  unreadable: "The model can't read its picture: a person says what it is.",
} as const;

export const itemPage = (item: Item, classes: readonly string[]): Html =>
  layout(
    item.title,
    "",
    html`<div class="item">
      <img src="/pictures/${item.id}" alt="Photo of ${item.title}">
      <div>
        <p role="status">${SAID[item.state]}${item.why !== null && ` (${item.why})`}</p>
        ${item.description !== "" && html`<p>${item.description}</p>`}
        <dl>
          <dt>Sold by</dt><dd>${item.seller}</dd>
          <dt>Category</dt><dd>${categoryOf(item)}</dd>
          <dt>Tags</dt><dd><ul class="tags">${Object.entries(item.tags).map(
            ([tag, share]) =>
              html`<li><a href="/?${new URLSearchParams({ tag }).toString()}">${tag}</a> ${percent(share)}</li>`,
          )}</ul></dd>
        </dl>
        ${correctionForm(item, classes)}
      </div>
    </div>`,
  );

const categoryOf = ({ category, confidence }: Item): string =>
  category === null
    ? "none yet"
    : confidence === null
      ? `${category}, as a person said`
      : `${category}, ${percent(confidence)} sure`;

/** A person's word on an item: the model's own category is chosen, so that one click confirms it. */
export const correctionForm = (item: Item, classes: readonly string[], back = ""): Html | false =>
  classes.length > 0 &&
  html`<form class="correction" method="post" action="/items/${item.id}/category">
    <label for="category-${item.id}">It is</label>
    <select id="category-${item.id}" name="category" required>
      ${item.category === null && html`<option value="">choose a category</option>`}
      ${classes.map(
        (name) => html`<option${name === item.category && html` selected`}>${name}</option>`,
      )}
    </select>
    <input type="hidden" name="back" value="${back}">
    <button>Save<span class="hidden"> the category of ${item.title}</span></button>
  </form>`;
