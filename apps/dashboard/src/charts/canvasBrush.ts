import { type Brush, FONT, groundBox } from "./brush.js";

/** Paints on a canvas, whose pixels the context already maps to the plot's. */
export function canvasBrush(context: CanvasRenderingContext2D): Brush {
  return {
    stroke(path, { color, width, opacity, dash }) {
      context.globalAlpha = opacity;
      context.strokeStyle = color;
      context.lineWidth = width;
      context.lineJoin = "round";
      context.setLineDash([...dash]);
      context.beginPath();
      path(context);
      context.stroke();
    },
    fill(path, { color, opacity }) {
      context.globalAlpha = opacity;
      context.fillStyle = color;
      context.beginPath();
      path(context);
      context.fill();
    },
    text(words, x, y, { color, size, align, baseline, ground, isUpright = false }) {
      context.save();
      context.globalAlpha = 1;
      context.translate(x, y);
      if (isUpright) context.rotate(-Math.PI / 2);
      if (ground !== undefined) {
        const { left, top, width, height } = groundBox(words, { size, align });
        context.fillStyle = ground;
        context.fillRect(left, top, width, height);
      }
      context.font = `${size}px ${FONT}`;
      context.textAlign = align;
      context.textBaseline = baseline;
      context.fillStyle = color;
      context.fillText(words, 0, 0);
      context.restore();
    },
    within(x, y, width, height, paint) {
      context.save();
      context.beginPath();
      context.rect(x, y, width, height);
      context.clip();
      paint();
      context.restore();
    },
  };
}
