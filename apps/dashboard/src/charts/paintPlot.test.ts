import { expect, test } from "vitest";
import { PALETTES } from "../palette.js";
import { linearAxis } from "./axis.js";
import { fewMarkers, manyLines, manyPoints, polygons, rectangles, texts } from "./manySeries.js";
import { type PlotPicture, paintPlot } from "./paintPlot.js";
import { svgBrush } from "./svgBrush.js";

const palette = PALETTES.light;
const axis = (title: string) => linearAxis(title, 0, 10);

/** A plot whose area is 100 by 100 pixels from (20, 10): one unit of an axis is ten of them. */
function paint(series: PlotPicture["series"], overrides: Partial<PlotPicture> = {}): string {
  const brush = svgBrush(130, 140, "#ffffff");
  paintPlot(brush, {
    x: axis("epoch"),
    y: axis("loss"),
    series,
    width: 130,
    height: 140,
    margin: { left: 20, right: 10, top: 10, bottom: 30 },
    isBare: true,
    palette,
    ...overrides,
  });
  return brush.finish();
}

test("lines run between the axes' places, each of them on its own", () => {
  const svg = paint([
    manyLines([2, 0, 0, 10, 10, 3, 0, 5, 5, 5, 10, 5], { color: "red", type: "dashed" }),
  ]);
  expect(svg).toContain('d="M20 110L120 10M20 60L70 60L120 60"');
  expect(svg).toContain('stroke-dasharray="6 4"');
  expect(svg).toContain('<clipPath id="clip0"><rect x="18.5" y="8.5" width="103" height="103"/>');
});

test("points of a look are one path, discs where they are large enough to be seen as such", () => {
  const points = Float64Array.from([0, 0, 10, 10]);
  expect(paint([manyPoints(points, { color: "red", size: 2 })])).toContain(
    'd="M19 109h2v2h-2ZM119 9h2v2h-2Z"',
  );
  const discs = paint([
    manyPoints(points, { color: "red", size: 8, borderColor: "blue", borderWidth: 2 }),
  ]);
  expect(discs.match(/a4 4 0 1 0 8 0/g)).toHaveLength(4); // filled, and outlined
  expect(discs).toContain('stroke="blue" stroke-width="2"');
});

test("a marker beyond the axes is left out, and each state has a shape of its own", () => {
  const marker = { color: "red", size: 10 };
  const svg = paint([
    fewMarkers([
      { ...marker, at: [5, 11] },
      { ...marker, at: [5, 5], symbol: "diamond" },
      { ...marker, at: [5, 5], symbol: "triangle" },
    ]),
  ]);
  expect(svg.match(/<path/g)).toHaveLength(2);
  expect(svg).toContain("M70 55L75 60L70 65L65 60Z");
  expect(svg).toContain("M70 55L75 65L65 65Z");
});

test("areas and cells are filled", () => {
  const svg = paint([
    polygons(
      [
        [
          [0, 0],
          [10, 0],
          [10, 10],
        ],
      ],
      { color: "green", opacity: 0.2 },
    ),
    rectangles([{ x: [0, 5], y: [0, 5], color: "blue", opacity: 1 }]),
  ]);
  expect(svg).toContain('d="M20 110L120 110L120 10Z" fill="green" fill-opacity="0.2"');
  expect(svg).toContain('d="M20.5 60.5h49v49h-49Z" fill="blue"');
});

test("axes are ruled and labelled, and a label that has no room is left out", () => {
  const crowded = { ...axis("epoch"), ticks: [0, 0.1, 5].map((at) => ({ at, label: `${at}00` })) };
  const svg = paint([], { isBare: false, x: crowded });
  for (const text of ["epoch", "loss", "000", "500"]) expect(svg).toContain(`>${text}</text>`);
  expect(svg).not.toContain("0.100");
});

test("words are text, whatever they hold", () => {
  const look = { color: "black", ground: "white", dx: -6, align: "right" } as const;
  const svg = paint([texts([{ at: [0, 5], text: '<img src="x">' }], look)]);
  expect(svg).toContain("&lt;img src=&quot;x&quot;&gt;");
  expect(svg).not.toContain("<img");
});
