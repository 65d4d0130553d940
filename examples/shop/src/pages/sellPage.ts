import { html } from "../html.js";
import { layout } from "./layout.js";

const IMAGES = "image/png,image/jpeg,image/webp";

export const sellPage = (photoMb: number, archiveMb: number) =>
  layout(
    "Sell",
    "/sell",
    html`<div class="columns even">
      <form class="stacked" method="post" action="/items" enctype="multipart/form-data">
        <h2>One item</h2>
        <label for="title">Title</label>
        <input id="title" name="title" required maxlength="120">
        <label for="description">Description</label>
        <textarea id="description" name="description" maxlength="2000" rows="3"></textarea>
        <label for="seller">Your name</label>
        <input id="seller" name="seller" required maxlength="80" autocomplete="name">
        <label for="photo">Photo: PNG, JPEG or WebP, up to ${photoMb} MB</label>
        <input id="photo" name="photo" type="file" accept="${IMAGES}" required>
        <button>Offer it</button>
      </form>
      <form class="stacked" method="post" action="/archives" enctype="multipart/form-data">
        <h2>Many at once</h2>
        <p>A zip of photos, up to ${archiveMb} MB; each is an item with its file’s name as title.</p>
        <label for="archive-seller">Your name</label>
        <input id="archive-seller" name="seller" required maxlength="80" autocomplete="name">
        <label for="archive">Archive</label>
        <input id="archive" name="archive" type="file" accept=".zip,application/zip" required>
        <button>Offer them</button>
      </form>
    </div>`,
  );
