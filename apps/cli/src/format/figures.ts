/** Figures for people: four significant digits, times as "1 min 10 s"; "–" where there is none. */

export const NONE = "–";

/** Whole numbers stay whole. NaN and the infinities, which JSON carries as null, are "–". */
export function formatFigure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

const UNITS = [
  { name: "d", seconds: 86_400 },
  { name: "h", seconds: 3600 },
  { name: "min", seconds: 60 },
  { name: "s", seconds: 1 },
] as const;

/** The two largest units: "350 ms", "9.4 s", "42 s", "1 min 10 s", "2 h 5 min", "3 d". */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NONE;
  if (ms < 999.5) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 9950) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  const at = UNITS.findIndex((unit) => seconds >= unit.seconds);
  const [large, small] = [UNITS[at], UNITS[at + 1]];
  if (large === undefined || small === undefined) return `${seconds} s`;
  const rounded = Math.round(seconds / small.seconds) * small.seconds;
  // What rounds up may reach the next unit: 23 h 59 min 59 s is a day.
  if (rounded !== seconds) return formatDuration(rounded * 1000);
  const rest = (seconds % large.seconds) / small.seconds;
  const head = `${Math.floor(seconds / large.seconds)} ${large.name}`;
  return rest === 0 ? head : `${head} ${rest} ${small.name}`;
}

/** How long ago; `now` is given so that one table has one present. */
export function formatAge(instant: string | null, now: number): string {
  if (instant === null) return NONE;
  const ms = Math.floor((now - Date.parse(instant)) / 1000) * 1000;
  return ms < 1000 ? "now" : `${formatDuration(ms)} ago`;
}

/** The time between two instants; to `now` while it lasts. */
export function elapsedMs(from: string | null, to: string | null, now: number): number | null {
  if (from === null) return null;
  return (to === null ? now : Date.parse(to)) - Date.parse(from);
}

export const formatPercent = (share: number): string =>
  share > 0 && share < 0.0001 ? "< 0.01 %" : `${formatFigure(share * 100)} %`;

/** "1 run", "2 runs" */
export const formatCount = (count: number, one: string): string =>
  `${count} ${count === 1 ? one : `${one}s`}`;
