import type { Axis } from "./axis.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((step) => step * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((step) => step * MINUTE),
  ...[1, 2, 3, 6, 12].map((step) => step * HOUR),
  ...[1, 2, 7, 14, 30].map((step) => step * DAY),
];
const TICKS = 7;

const stepOf = (spanMs: number): number =>
  STEPS.find((step) => spanMs / step <= TICKS) ?? Math.ceil(spanMs / TICKS / DAY) * DAY;

const place = (value: number) => (Number.isFinite(value) ? value : null);

/** Times of the day, in milliseconds since `origin`, with ticks at round local times. */
export function clockAxis(origin: number, spanMs: number): Axis {
  const step = stepOf(spanMs);
  const zoneMs = -new Date(origin).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((origin + zoneMs) / step) * step - zoneMs - origin;
  const label = new Intl.DateTimeFormat(undefined, {
    hourCycle: "h23",
    ...(step >= DAY
      ? { day: "numeric", month: "short" }
      : { hour: "2-digit", minute: "2-digit", ...(step < MINUTE && { second: "2-digit" }) }),
  });
  return {
    title: "",
    min: 0,
    max: spanMs,
    ticks: ticksFrom(first, spanMs, step, (at) => label.format(origin + at)),
    place,
  };
}

/** Time since something began, in milliseconds: 0, 30 s, 1 min. */
export function elapsedAxis(title: string, spanMs: number): Axis {
  const span = Math.max(spanMs, SECOND);
  const ticks = ticksFrom(0, span, stepOf(span), shortDuration);
  return { title, min: 0, max: span, ticks, place };
}

function ticksFrom(first: number, end: number, step: number, label: (at: number) => string) {
  const ticks: { at: number; label: string }[] = [];
  for (let at = first; at <= end; at += step) ticks.push({ at, label: label(at) });
  return ticks;
}

function shortDuration(ms: number): string {
  if (ms === 0) return "0";
  if (ms % HOUR === 0) return `${ms / HOUR} h`;
  if (ms < HOUR) return ms % MINUTE === 0 ? `${ms / MINUTE} min` : secondsText(ms);
  return `${Math.floor(ms / HOUR)} h ${(ms % HOUR) / MINUTE}`;
}

const secondsText = (ms: number): string =>
  ms < MINUTE
    ? `${ms / SECOND} s`
    : `${Math.floor(ms / MINUTE)}:${String((ms % MINUTE) / SECOND).padStart(2, "0")}`;
