import { StringDecoder } from "node:string_decoder";

const LINE_MAX = 256 * 1_024;

/** Calls `onLine` for each line, and waits for it; what a line has past its limit is dropped. */
export async function readLines(
  stream: AsyncIterable<Buffer>,
  onLine: (line: string) => Promise<void>,
): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let open = "";
  for await (const chunk of stream) {
    // A progress bar returns to the start of its line.
    const parts = (open + decoder.write(chunk)).split(/\r?\n|\r(?!$)/);
    open = (parts.pop() ?? "").slice(0, LINE_MAX);
    for (const part of parts) await onLine(part.slice(0, LINE_MAX));
  }
  open += decoder.end();
  if (open !== "") await onLine(open);
}
