import type { SweepView } from "@sweepyard/contract";

/** Somewhere to go, as the search palette offers it. */
export interface Place {
  readonly id: string;
  readonly label: string;
  readonly kind: "page" | "sweep" | "best run" | "runs";
  readonly to: string;
  readonly search?: { readonly filter: string };
}

const MOST = 12;

/**
 * Places whose names have every word of `text`, pages first; sweeps in their own order. Anything
 * with a comparison in it may be a filter of runs, too.
 */
export function findPlaces(
  text: string,
  pages: readonly (readonly [to: string, label: string])[],
  sweeps: readonly Pick<SweepView, "id" | "name" | "best">[],
): Place[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (label: string) => words.every((word) => label.toLowerCase().includes(word));
  const places: Place[] = pages
    .filter(([, label]) => fits(label))
    .map(([to, label]) => ({ id: to, label, kind: "page", to }));
  for (const { id, name, best } of sweeps) {
    if (!fits(name)) continue;
    places.push({ id, label: name, kind: "sweep", to: `/sweeps/${id}` });
    if (best !== null && words.length > 0)
      places.push({
        id: best.runId,
        label: `run ${best.number} of ${name}`,
        kind: "best run",
        to: `/runs/${best.runId}`,
      });
  }
  const shown = places.slice(0, MOST);
  if (/[<>=]/.test(text))
    shown.push({
      id: "filter",
      label: `runs where ${text.trim()}`,
      kind: "runs",
      to: "/runs",
      search: { filter: text.trim() },
    });
  return shown;
}
