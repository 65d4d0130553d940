import { type Brush, FONT, groundBox, type Pen } from "./brush.js";

/** Writes an SVG; `finish` is its text. Words are escaped: a run's name is no markup. */
export function svgBrush(
  width: number,
  height: number,
  ground: string,
): Brush & { finish(): string } {
  const parts: string[] = [];
  let clips = 0;
  return {
    stroke(path, look) {
      const dash = look.dash.length === 0 ? "" : ` stroke-dasharray="${look.dash.join(" ")}"`;
      parts.push(
        `<path d="${pathText(path)}" fill="none" stroke="${escaped(look.color)}" stroke-width="${look.width}" stroke-opacity="${look.opacity}" stroke-linejoin="round"${dash}/>`,
      );
    },
    fill(path, look) {
      parts.push(
        `<path d="${pathText(path)}" fill="${escaped(look.color)}" fill-opacity="${look.opacity}"/>`,
      );
    },
    text(words, x, y, look) {
      const { size, align } = look;
      const anchor = { left: "start", center: "middle", right: "end" }[align];
      const shift = { top: 0.8, middle: 0.35, bottom: -0.2 }[look.baseline] * size;
      const turn = look.isUpright === true ? " rotate(-90)" : "";
      const box = groundBox(words, look);
      const behind =
        look.ground === undefined
          ? ""
          : `<rect x="${short(box.left)}" y="${short(box.top)}" width="${short(box.width)}" height="${box.height}" fill="${escaped(look.ground)}"/>`;
      parts.push(
        `<g transform="translate(${short(x)} ${short(y)})${turn}">${behind}<text y="${short(shift)}" text-anchor="${anchor}" font-size="${size}" fill="${escaped(look.color)}">${escaped(words)}</text></g>`,
      );
    },
    within(x, y, clipWidth, clipHeight, paint) {
      const id = `clip${clips++}`;
      parts.push(
        `<clipPath id="${id}"><rect x="${short(x)}" y="${short(y)}" width="${short(clipWidth)}" height="${short(clipHeight)}"/></clipPath><g clip-path="url(#${id})">`,
      );
      paint();
      parts.push("</g>");
    },
    finish: () =>
      [
        `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(FONT)}">`,
        `<rect width="${width}" height="${height}" fill="${escaped(ground)}"/>`,
        ...parts,
        "</svg>",
      ].join(""),
  };
}

/** A tenth of a pixel is finer than a screen. */
const short = (value: number): string => String(Math.round(value * 10) / 10);

function pathText(draw: (pen: Pen) => void): string {
  const steps: string[] = [];
  draw({
    moveTo: (x, y) => steps.push(`M${short(x)} ${short(y)}`),
    lineTo: (x, y) => steps.push(`L${short(x)} ${short(y)}`),
    closePath: () => steps.push("Z"),
    rect: (x, y, width, height) =>
      steps.push(`M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`),
    // Marks draw whole circles only.
    arc: (x, y, radius) =>
      steps.push(
        `M${short(x - radius)} ${short(y)}a${short(radius)} ${short(radius)} 0 1 0 ${short(2 * radius)} 0a${short(radius)} ${short(radius)} 0 1 0 ${short(-2 * radius)} 0`,
      ),
  });
  return steps.join("");
}

const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
