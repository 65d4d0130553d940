import { type Child, type Html, html } from "../html.js";

const LINKS = [
  ["/", "Catalogue"],
  ["/sell", "Sell"],
  ["/review", "Review"],
  ["/taggings", "Tagging"],
] as const;

/** A whole page. @param current the address of the link that it belongs to. */
export const layout = (title: string, current: string, content: Child): Html =>
  html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>${title} · The shop</title>
    <link rel="stylesheet" href="/public/style.css">
    <link rel="icon" href="data:,">
  </head>
  <body>
    <a class="skip" href="#content">Skip to the content</a>
    <header>
      <strong>The shop</strong>
      <nav aria-label="Pages">${LINKS.map(
        ([href, name]) =>
          html`<a href="${href}"${href === current && html` aria-current="page"`}>${name}</a>`,
      )}</nav>
    </header>
    <main id="content">
      <h1>${title}</h1>
      ${content}
    </main>
  </body>
</html>`;

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

export const errorPage = (title: string, message: string): Html =>
  layout(
    title,
    "",
    html`<p class="error" role="alert">${message}</p><p><a href="/">To the catalogue</a></p>`,
  );
