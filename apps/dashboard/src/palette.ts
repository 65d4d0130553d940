import type { RunState } from "@sweepyard/contract";

/**
 * Every colour that means something, for light and dark screens. The hues are those of Okabe
 * and Ito (2008), told apart with any colour vision, shifted in lightness to stand at 3:1 or
 * more against the surface. No state is told by colour alone.
 */
export interface Palette {
  readonly state: Readonly<Record<RunState, string>>;
  readonly training: string;
  readonly validation: string;
  /** Best-so-far, and whatever else is the answer on a page. */
  readonly best: string;
  readonly line: string;
  readonly text: string;
  readonly dimmed: string;
  readonly surface: string;
  /** Poor to good: viridis (van der Walt & Smith 2015), turned round on light screens. */
  readonly quality: readonly string[];
  /** Bars of scores. */
  readonly bar: string;
  /** Confusion matrix: the strongest right and the strongest wrong cell, under plain text. */
  readonly right: string;
  readonly wrong: string;
}

export const PALETTES: Readonly<Record<"light" | "dark", Palette>> = {
  light: {
    state: {
      queued: "#6b7684",
      running: "#0072b2",
      paused: "#8a6d00",
      completed: "#00805d",
      pruned: "#b65f00",
      diverged: "#a8447f",
      failed: "#c8310a",
      cancelled: "#6b7684",
    },
    training: "#0072b2",
    validation: "#c4560a",
    best: "#3b1c6e",
    line: "#e3e7ed",
    text: "#1c2330",
    dimmed: "#5b6675",
    surface: "#ffffff",
    quality: ["#c9bb4a", "#6fb565", "#22948b", "#2f6790", "#41246f"],
    bar: "#2b6cb0",
    right: "#5a9fe0",
    wrong: "#f0913a",
  },
  dark: {
    state: {
      queued: "#9aa6b5",
      running: "#56b4e9",
      paused: "#e6c229",
      completed: "#2fc296",
      pruned: "#f0a04b",
      diverged: "#dd8fbf",
      failed: "#ff7a52",
      cancelled: "#9aa6b5",
    },
    training: "#56b4e9",
    validation: "#f0a04b",
    best: "#fde725",
    line: "#2c3442",
    text: "#e6eaf0",
    dimmed: "#9aa6b5",
    surface: "#171c25",
    quality: ["#6b5aa8", "#41789f", "#2a9d8f", "#7ccc5f", "#fde725"],
    bar: "#4a90d9",
    right: "#2c69ae",
    wrong: "#9d5310",
  },
};

/** The colour of `quality` 0 to 1; null is for what has no objective yet. */
export function qualityColour(palette: Palette, quality: number | null): string {
  if (quality === null) return palette.dimmed;
  const ramp = palette.quality;
  const position = Math.min(1, Math.max(0, quality)) * (ramp.length - 1);
  const index = Math.min(ramp.length - 2, Math.floor(position));
  return mix(ramp[index] ?? palette.dimmed, ramp[index + 1] ?? palette.dimmed, position - index);
}

function mix(from: string, to: string, share: number): string {
  const channel = (at: number) => {
    const a = Number.parseInt(from.slice(at, at + 2), 16);
    const b = Number.parseInt(to.slice(at, at + 2), 16);
    return Math.round(a + (b - a) * share)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}
