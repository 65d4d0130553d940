import { RunState } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { PALETTES, qualityColour } from "./palette.js";

/** WCAG 2 relative luminance. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

test.each(["light", "dark"] as const)("%s: words stand at 4.5:1, marks at 3:1", (scheme) => {
  const palette = PALETTES[scheme];
  for (const state of RunState.options)
    expect(contrast(palette.state[state], palette.surface), state).toBeGreaterThanOrEqual(4.5);
  for (const colour of [palette.text, palette.dimmed])
    expect(contrast(colour, palette.surface)).toBeGreaterThanOrEqual(4.5);
  for (const cell of [palette.right, palette.wrong])
    expect(contrast(palette.text, cell), cell).toBeGreaterThanOrEqual(4.5);
  for (const colour of [palette.bar, palette.training, palette.validation, palette.best])
    expect(contrast(colour, palette.surface)).toBeGreaterThanOrEqual(3);
});

test("quality runs through the ramp and stays on it beyond its ends", () => {
  const { light } = PALETTES;
  expect(qualityColour(light, 0)).toBe(light.quality[0]);
  expect(qualityColour(light, 1)).toBe(light.quality.at(-1));
  expect(qualityColour(light, 7)).toBe(light.quality.at(-1));
  expect(qualityColour(light, null)).toBe(light.dimmed);
});
