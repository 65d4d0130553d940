import { useComputedColorScheme } from "@mantine/core";
import { PALETTES, type Palette } from "./palette.js";

/** The palette of the screen's present scheme. */
export const usePalette = (): Palette =>
  PALETTES[useComputedColorScheme("light", { getInitialValueInEffect: false })];
