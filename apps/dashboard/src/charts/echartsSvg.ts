import { use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { init } from "./echarts.js";

use([SVGRenderer]);

/** Draws the same picture as text; fetched when somebody saves one. */
export function drawSvg(
  option: Readonly<Record<string, unknown>>,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
