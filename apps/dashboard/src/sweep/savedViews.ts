import { readSweepSearch, type SweepSearch } from "../search.js";

/** A way of looking at a sweep under a name: what its page keeps in the address, but for ticks. */
export interface SavedView {
  readonly name: string;
  readonly search: SweepSearch;
}

/** One list for all sweeps: "the best by depth" is as useful on the next one. */
export const VIEWS_KEY = "sweepyard.views";

/** Longer names would not fit into the menu. */
export const LONGEST_NAME = 40;

/** What was stored, however it came there: a part that can't be read is as if it were absent. */
export function readViews(text: string | null): SavedView[] {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((view: unknown): SavedView[] => {
    if (typeof view !== "object" || view === null) return [];
    const { name, search } = view as { name?: unknown; search?: unknown };
    if (typeof name !== "string" || name.trim() === "") return [];
    const raw = typeof search === "object" && search !== null ? search : {};
    return [{ name: name.slice(0, LONGEST_NAME), search: readSweepSearch({ ...raw }) }];
  });
}

/** Adds a view, in the order of names; one of the same name is replaced. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
  const name = view.name.trim().slice(0, LONGEST_NAME);
  if (name === "") return [...views];
  const { selected: _, ...search } = view.search;
  return [...views.filter((other) => other.name !== name), { name, search }].sort((a, b) =>
    a.name.localeCompare(b.name, "en", { numeric: true }),
  );
}

export const withoutView = (views: readonly SavedView[], name: string): SavedView[] =>
  views.filter((view) => view.name !== name);

export function renamed(views: readonly SavedView[], from: string, to: string): SavedView[] {
  const view = views.find(({ name }) => name === from);
  if (view === undefined || to.trim() === "") return [...views];
  return withView(withoutView(views, from), { ...view, name: to });
}
