import type { Readable } from "node:stream";
import { AppError, requirePlainJson } from "@sweepyard/contract";
import busboy from "busboy";
import type { Request } from "express";

export interface MultipartOptions {
  /** Names that fields may have; each may come once. */
  readonly fields: readonly string[];
  /** Names that files may have; each may come once. The senders' file names are ignored. */
  readonly files: readonly string[];
  /** Gets each file as it arrives and must read it to its end, or fail. */
  readonly onFile: (name: string, bytes: Readable) => Promise<void>;
}

const FIELD_BYTES = 64 * 1024;

/**
 * Reads a form as it arrives; no file is held in memory.
 * @returns the fields.
 * @throws {AppError} `invalid_request` for a broken form, an unknown part or one that comes twice;
 *   whatever `onFile` throws. Either way the rest of the request is read and dropped, so that the
 *   caller gets to see the answer.
 */
export async function readMultipart(
  req: Request,
  { fields, files, onFile }: MultipartOptions,
): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  const seen = new Set<string>();
  const work: Promise<void>[] = [];
  const form = openForm(req, { fields: fields.length, files: files.length });

  const take = (name: string | undefined, known: readonly string[]): string => {
    if (name === undefined || !known.includes(name))
      throw refuse(name ?? "", "unknown_part", `is no part of this form: ${known.join(", ")}`);
    if (seen.has(name)) throw refuse(name, "duplicate_part", "comes twice");
    seen.add(name);
    return name;
  };

  try {
    await new Promise<void>((resolve, reject) => {
      form.on("field", (name, value, info) => {
        try {
          const field = take(name, fields);
          if (info.valueTruncated)
            throw refuse(field, "too_big", `is longer than ${FIELD_BYTES} bytes`);
          requirePlainJson({ [field]: value });
          values.set(field, value);
        } catch (error) {
          reject(error);
        }
      });
      form.on("file", (name, bytes) => {
        bytes.on("error", () => {}); // the form reports it, as does whoever reads the file
        try {
          work.push(onFile(take(name, files), bytes));
          work.at(-1)?.catch(reject);
        } catch (error) {
          reject(error);
        }
      });
      for (const limit of ["fieldsLimit", "filesLimit", "partsLimit"] as const)
        form.once(limit, () =>
          reject(refuse("", "too_many_parts", "has more parts than it needs")),
        );
      form.once("close", resolve);
      form.once("error", (error) =>
        reject(new AppError("invalid_request", `the form is broken: ${describe(error)}`)),
      );
      req.once("close", () => {
        if (!req.complete) reject(new AppError("invalid_request", "the upload broke off"));
      });
      req.pipe(form);
    });
    await Promise.all(work);
    return values;
  } catch (error) {
    req.unpipe(form);
    form.destroy();
    req.resume();
    await Promise.allSettled(work);
    throw error;
  }
}

function openForm(req: Request, counts: { fields: number; files: number }): busboy.Busboy {
  try {
    return busboy({
      headers: req.headers,
      limits: {
        fieldNameSize: 100,
        fieldSize: FIELD_BYTES,
        // One more than there are, so that the surplus one can be named.
        fields: counts.fields + 1,
        files: counts.files + 1,
        headerPairs: 20,
      },
    });
  } catch (error) {
    throw new AppError("invalid_request", `the form can't be read: ${describe(error)}`);
  }
}

const describe = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const refuse = (path: string, rule: string, what: string): AppError =>
  new AppError("invalid_request", `${path === "" ? "the form" : `"${path}"`} ${what}`, {
    errors: [{ path, rule, message: what }],
  });
