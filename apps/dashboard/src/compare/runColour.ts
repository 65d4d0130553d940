/**
 * Colours for telling a few runs apart: Okabe and Ito's, without the two that fail on white or
 * on black, on screens of either kind.
 */
const COLOURS = [
  "#0284c7",
  "#d97706",
  "#0d9373",
  "#c2569a",
  "#7c6fd6",
  "#b45309",
  "#5b8a1f",
  "#e0524d",
];

export const runColour = (index: number): string => COLOURS[index % COLOURS.length] ?? "#0284c7";
