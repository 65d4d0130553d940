import process from "node:process";
import { createLogUpdate } from "log-update";
import type { Output } from "../output.js";

/** Where progress is shown, on stderr: redrawn in place on a terminal, else line by line. */
export interface Display {
  readonly isLive: boolean;
  readonly rows: number;
  /** A line that stays. */
  say(line: string): void;
  /** Redraws what `render` gives, now and four times a second; without a terminal, nothing. */
  animate(render: () => readonly string[]): void;
  /** Takes the drawing away. */
  stop(): void;
}

const FRAME_MS = 250;

export function createDisplay({ json, progress }: Output): Display {
  const stream = process.stderr;
  // A terminal that tells no width (a container's, a script's) can't be redrawn.
  const isLive = stream.isTTY === true && stream.columns > 0 && !json;
  if (!isLive)
    return { isLive, rows: 0, say: progress, animate: () => undefined, stop: () => undefined };
  const update = createLogUpdate(stream);
  let timer: NodeJS.Timeout | undefined;
  return {
    isLive,
    get rows() {
      return stream.rows ?? 24;
    },
    say: (line) => update.persist(line),
    animate(render) {
      const draw = () => update(render().join("\n"));
      draw();
      timer ??= setInterval(draw, FRAME_MS);
    },
    stop() {
      clearInterval(timer);
      update.clear();
      update.done(); // shows the cursor again
    },
  };
}
