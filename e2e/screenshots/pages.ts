import type { Client } from "@sweepyard/client";

export interface PictureOf {
  /** Of the file. */
  readonly name: string;
  readonly path: string;
  /** Something that is only there once the page is. */
  readonly awaits?: string;
}

/** Every page of the dashboard, with the sweep of most runs and its best ones. */
export async function pagesOf(client: Client): Promise<PictureOf[]> {
  const { items: sweeps } = await client.sweeps.list({ limit: 100 });
  const [sweep] = sweeps.sort((a, b) => (b.plannedRuns ?? 0) - (a.plannedRuns ?? 0));
  const pages: PictureOf[] = [
    { name: "overview", path: "/" },
    { name: "sweeps", path: "/sweeps" },
    { name: "new-sweep", path: "/sweeps/new" },
    { name: "runs", path: "/runs" },
    { name: "queue", path: "/queue" },
    { name: "workers", path: "/workers" },
    { name: "models", path: "/models" },
    { name: "datasets", path: "/datasets" },
    { name: "settings", path: "/settings" },
    { name: "not-found", path: "/no-such-page" },
  ];
  if (sweep === undefined) return pages;
  pages.push({ name: "sweep", path: `/sweeps/${sweep.id}` });
  const sort = sweep.objective.direction === "maximize" ? "-objective" : "objective";
  const { items: runs } = await client.runs.list({ sweepId: sweep.id, sort, limit: 3 });
  const ids = runs.map(({ id }) => id);
  if (ids[0] !== undefined) pages.push({ name: "run", path: `/runs/${ids[0]}` });
  if (ids.length > 1)
    pages.push({
      name: "compare",
      path: `/compare?ids=${encodeURIComponent(JSON.stringify(ids))}`,
    });
  return pages;
}
