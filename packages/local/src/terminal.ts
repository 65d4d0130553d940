import { createLogUpdate } from "log-update";
import type { OnProgress } from "./downloadProgress.js";
import { formatBytes, progressBar } from "./format.js";

/** Where a start shows what it does: a redrawn block on a terminal, occasional lines elsewhere. */
export interface Terminal {
  readonly isLive: boolean;
  readonly columns: number;
  readonly rows: number;
  /** A line that stays. */
  say(text: string): void;
  /** Redraws the block; elsewhere says `line` instead, when it is new and not too soon. */
  show(block: string, line: string): void;
  /** Leaves the block as it is and goes on below it. */
  settle(): void;
  readonly onProgress: OnProgress;
}

const BETWEEN_LINES_MS = 10_000;

export function createTerminal(stream: NodeJS.WriteStream): Terminal {
  const isLive = stream.isTTY === true;
  const update = createLogUpdate(stream, { showCursor: true });
  let lastLine = "";
  let lastLineAt = 0;

  const say = (text: string) => {
    if (isLive) update.persist(text);
    else stream.write(`${text}\n`);
  };
  const show = (block: string, line: string) => {
    if (isLive) return update(block);
    if (line === lastLine || Date.now() - lastLineAt < BETWEEN_LINES_MS) return;
    lastLine = line;
    lastLineAt = Date.now();
    say(line);
  };
  const onProgress: OnProgress = ({ label, bytes, totalBytes }) => {
    const isDone = bytes === totalBytes;
    const amount =
      totalBytes === null
        ? formatBytes(bytes)
        : `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`;
    const line = `${label}: ${amount}`;
    if (isLive && !isDone) update(`${progressBar(bytes, totalBytes ?? 0, 24)} ${line}`);
    else if (isDone && line !== lastLine) {
      lastLine = line;
      if (isLive) update.clear();
      say(line);
    } else show("", line);
  };
  return {
    isLive,
    get columns() {
      return stream.columns ?? 100;
    },
    get rows() {
      return stream.rows ?? 30;
    },
    say,
    show,
    settle: () => {
      if (isLive) update.done();
    },
    onProgress,
  };
}
