import type { Readable } from "node:stream";
import busboy from "busboy";
import type { Request } from "express";
import { ShopError } from "./shopError.js";

const MAX_FIELD_BYTES = 8_192;

export interface FormOptions {
  /** The name of the one file. */
  readonly file: string;
  readonly maxBytes: number;
  /** Reads the file to its end, as it arrives. */
  readonly onFile: (bytes: Readable) => Promise<void>;
}

/**
 * Reads a form with one file; what else is in it is passed over.
 * @returns its fields.
 * @throws {ShopError} 400 for a broken form or no file, 413 for a file that is too large.
 */
export async function readForm(
  req: Request,
  { file, maxBytes, onFile }: FormOptions,
): Promise<Map<string, string>> {
  const fields = new Map<string, string>();
  const form = open(req, maxBytes);
  let reading: Promise<void> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      form.on("field", (name, value) => fields.set(name, value.replaceAll("\0", "")));
      form.on("file", (name, bytes, { filename }) => {
        if (name !== file || !filename) return bytes.resume();
        bytes.once("limit", () => reject(tooLarge(maxBytes)));
        bytes.on("error", () => {}); // whoever reads the file has it, too
        reading = onFile(bytes);
        reading.catch(reject);
      });
      form.once("close", resolve);
      form.once("error", () => reject(new ShopError(400, "the form is broken: send it again")));
      req.once("close", () => {
        if (!req.complete) reject(new ShopError(400, "the upload broke off: send it again"));
      });
      req.pipe(form);
    });
    if (reading === undefined) throw new ShopError(400, "no file was chosen");
    await reading;
    return fields;
  } catch (error) {
    // The rest is read and dropped: a browser shows no answer before it has sent everything.
    req.unpipe(form);
    form.destroy();
    req.resume();
    await reading?.catch(() => {});
    throw error;
  }
}

function open(req: Request, maxBytes: number): busboy.Busboy {
  try {
    return busboy({
      headers: req.headers,
      defParamCharset: "utf8",
      limits: { fieldSize: MAX_FIELD_BYTES, fields: 10, files: 1, fileSize: maxBytes },
    });
  } catch {
    throw new ShopError(400, "a form with a file is expected (multipart/form-data)");
  }
}

export const tooLarge = (maxBytes: number): ShopError =>
  new ShopError(413, `the file is larger than ${Math.floor(maxBytes / 1e6)} MB`);
