import { MISSING } from "./formatNumber.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 350 ms, 8.4 s, 1 min 10 s, 2 h 5 min, 3 d 4 h. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return MISSING;
  const positive = Math.max(0, ms);
  if (positive < SECOND) return `${Math.round(positive)} ms`;
  if (positive < 9.95 * SECOND) return `${(positive / SECOND).toFixed(1)} s`;
  const seconds = Math.round(positive / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return joined(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(positive / MINUTE);
  if (minutes < 24 * 60) return joined(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(positive / HOUR);
  return joined(Math.floor(hours / 24), "d", hours % 24, "h");
}

const joined = (major: number, majorUnit: string, minor: number, minorUnit: string) =>
  minor === 0 ? `${major} ${majorUnit}` : `${major} ${majorUnit} ${minor} ${minorUnit}`;

/** How long ago, coarse enough not to flicker: just now, 40 s ago, 5 min ago, 3 h ago, 2 d ago. */
export function formatAge(instant: string | null, now: number): string {
  if (instant === null) return MISSING;
  const age = now - Date.parse(instant);
  if (age < 5 * SECOND) return "just now";
  if (age < MINUTE) return `${Math.floor(age / (10 * SECOND)) * 10 || 5} s ago`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  return `${Math.floor(age / DAY)} d ago`;
}

const local = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});

const short = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** Local day and time for a column; its title says the rest. */
export const formatShortInstant = (instant: string | null): string =>
  instant === null ? MISSING : short.format(new Date(instant));

/** Local time with its zone. */
export const formatInstant = (instant: string | null): string =>
  instant === null ? MISSING : local.format(new Date(instant));
