/** The pages that the header leads to, and a few that the search palette knows beside them. */
export const HEADER_PAGES = [
  ["/", "Overview"],
  ["/sweeps", "Sweeps"],
  ["/runs", "Runs"],
  ["/queue", "Queue"],
  ["/workers", "Workers"],
  ["/models", "Models"],
  ["/datasets", "Data"],
] as const;

export const PAGES = [
  ...HEADER_PAGES,
  ["/sweeps/new", "New sweep"],
  ["/batches", "Batches"],
  ["/settings", "Settings, API keys and webhooks"],
] as const;
