import process from "node:process";
import { createLogUpdate } from "log-update";
import type { Output } from "../output.js";

/** Where progress is shown, on stderr: redrawn in place on a terminal, else line by line. */
export interface Display {
  readonly isLive: boolean;
  readonly rows: number;
  /** A line that stays. */
  say(line: string): void;
  /** Redraws what `render` gives four times a second; without a terminal says its outline now and then. */
  animate(render: () => readonly string[]): void;
  /** Takes the drawing away. */
  stop(): void;
}

const FRAME_MS = 250;
const OUTLINE_MS = 15_000;

export function createDisplay({ json, progress }: Output): Display {
  const stream = process.stderr;
  // A terminal that tells no width (a container's, a script's) can't be redrawn.
  const isLive = stream.isTTY === true && stream.columns > 0 && !json;
  let timer: NodeJS.Timeout | undefined;
  if (!isLive)
    return {
      isLive,
      rows: 0,
      say: progress,
      animate(render) {
        const outline = () => {
          const [title, total, ...rest] = render();
          progress([title, total, rest.at(-1)].filter(Boolean).join("; "));
        };
        timer ??= setInterval(outline, OUTLINE_MS);
      },
      stop: () => clearInterval(timer),
    };
  const update = createLogUpdate(stream);
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
