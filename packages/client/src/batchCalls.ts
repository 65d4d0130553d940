import type { BatchOptionsInput, BatchResult } from "@sweepyard/contract";

/** The form that `batches.create` takes. */
export function archiveForm(archive: Blob, options: BatchOptionsInput): FormData {
  const form = new FormData();
  // Fields before the file: the server knows what is asked before the bytes come.
  for (const [name, value] of Object.entries(options))
    if (value !== undefined) form.set(name, String(value));
  form.set("archive", archive, "archive");
  return form;
}

/** The objects of a streamed NDJSON answer, one by one. @throws what `send` does. */
export async function* readLines(send: () => Promise<Response>): AsyncGenerator<BatchResult> {
  const { body } = await send();
  if (body === null) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value = "" } = await reader.read();
      const lines = (text + value).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield JSON.parse(line) as BatchResult;
      if (done) return;
    }
  } finally {
    await reader.cancel(); // whoever leaves the loop early takes no more of the answer
  }
}
