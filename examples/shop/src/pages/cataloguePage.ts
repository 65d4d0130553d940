import { type Html, html } from "../html.js";
import { type Count, type Found, type Item, PAGE_ITEMS, type SearchQuery } from "../items.js";
import { layout } from "./layout.js";

export function cataloguePage(query: SearchQuery, found: Found): Html {
  const { items, total, categories, tags } = found;
  const pages = Math.max(1, Math.ceil(total / PAGE_ITEMS));
  return layout(
    "Catalogue",
    "/",
    html`<form role="search" action="/">
      <label for="q">Search</label>
      <input id="q" name="q" type="search" value="${query.q}" maxlength="200">
      ${query.category !== "" && html`<input type="hidden" name="category" value="${query.category}">`}
      ${query.tag !== "" && html`<input type="hidden" name="tag" value="${query.tag}">`}
      <button>Search</button>
    </form>
    <div class="columns">
      <div class="filters">
        ${filter("Category", "category", categories, query)}
        ${filter("Tag", "tag", tags, query)}
      </div>
      <section aria-label="Items found">
        <p role="status">${total === 0 ? "Nothing was found." : `${total} ${total === 1 ? "item" : "items"}`}
          ${isFiltered(query) && html`<a href="/">Show everything</a>`}</p>
        <ul class="grid">${items.map(card)}</ul>
        ${pages > 1 && pager(query, pages)}
      </section>
    </div>`,
  );
}

export const card = (item: Item): Html =>
  html`<li class="card"><a href="/items/${item.id}">
    <img src="/pictures/${item.id}" alt="" loading="lazy" width="200" height="200">
    <span class="title">${item.title}</span></a>
    <span class="muted">${item.category ?? "not tagged yet"}</span></li>`;

const isFiltered = ({ q, category, tag }: SearchQuery) => q + category + tag !== "";

/** Links that choose a value, or take the choice back. */
const filter = (
  title: string,
  field: "category" | "tag",
  counts: readonly Count[],
  query: SearchQuery,
): Html | false =>
  counts.length > 0 &&
  html`<nav aria-label="${title}"><h2>${title}</h2><ul>${counts.map(({ name, count }) => {
    const isChosen = query[field] === name;
    const href = addressOf({ ...query, [field]: isChosen ? "" : name, page: 1 });
    return html`<li><a href="${href}"${isChosen && html` aria-current="true"`}>${name}</a> <span class="muted">${count}</span></li>`;
  })}</ul></nav>`;

const pager = (query: SearchQuery, pages: number): Html =>
  html`<nav class="pager" aria-label="Pages of items">
    ${query.page > 1 && html`<a href="${addressOf({ ...query, page: query.page - 1 })}">Previous</a>`}
    <span>Page ${query.page} of ${pages}</span>
    ${query.page < pages && html`<a href="${addressOf({ ...query, page: query.page + 1 })}">Next</a>`}
  </nav>`;

function addressOf({ page, ...filters }: SearchQuery): string {
  const chosen = Object.entries(filters).filter(([, value]) => value !== "");
  if (page > 1) chosen.push(["page", String(page)]);
  return `/?${new URLSearchParams(chosen)}`;
}
