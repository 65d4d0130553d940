import { createWriteStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";

export interface LogFile {
  readonly path: string;
  write(line: string): void;
}

/** A fresh log of one server; that of the start before is kept as `<name>.previous.log`. */
export async function openLog(home: string, name: string): Promise<LogFile> {
  const folder = join(home, "logs");
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.log`);
  await rename(path, join(folder, `${name}.previous.log`)).catch(() => {}); // none yet
  const stream = createWriteStream(path);
  stream.on("error", () => {}); // a log that cannot be written stops nothing
  return { path, write: (line) => void stream.write(`${line}\n`) };
}
