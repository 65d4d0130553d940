import type { UploadFiles } from "@sweepyard/client";
import {
  DATASET_PARTS,
  DatasetName,
  DatasetOptions,
  type DatasetPart,
  type FieldError,
  toFieldErrors,
} from "@sweepyard/contract";

export type UploadFormat = DatasetOptions["format"];

/** An upload as it is being written: all texts as they stand in their fields. */
export interface UploadDraft {
  readonly name: string;
  readonly description: string;
  readonly format: UploadFormat;
  readonly files: Partial<Record<DatasetPart, File>>;
  /** Of all formats, by the names of contract's DatasetOptions; an empty one takes the default. */
  readonly options: Readonly<Record<string, string>>;
}

export const EMPTY_UPLOAD: UploadDraft = {
  name: "",
  description: "",
  format: "csv",
  files: {},
  options: {},
};

const LISTS: ReadonlySet<string> = new Set(["target", "class_names", "ignore", "categorical"]);

/** Options that each format has fields for. */
export const FORMAT_OPTIONS = {
  csv: ["target", "task", "delimiter", "missing", "categorical", "ignore", "weight"],
  npy: ["task", "class_names"],
  images: ["size", "fit", "color", "on_error"],
  idx: ["class_names"],
} as const satisfies Record<UploadFormat, readonly string[]>;

/** What is to be sent, or what is wrong with it, by the names of the form's fields. */
export function readUpload(
  draft: UploadDraft,
): { readonly upload: UploadFiles } | { readonly errors: readonly FieldError[] } {
  const { format } = draft;
  const name = DatasetName.safeParse(draft.name.trim());
  const parsed = DatasetOptions.safeParse({ format, ...writtenOptions(draft) });
  const files = Object.fromEntries(
    DATASET_PARTS[format].flatMap((part) => {
      const file = draft.files[part];
      return file === undefined ? [] : [[part, file]];
    }),
  );
  const errors: FieldError[] = [
    ...(name.success ? [] : toFieldErrors(name.error).map((error) => ({ ...error, path: "name" }))),
    ...(parsed.success ? [] : toFieldErrors(parsed.error)),
    ...missingFiles(draft),
  ];
  if (errors.length > 0 || !name.success || !parsed.success) return { errors };
  // As it was written, not with the defaults: those are the server's to fill in.
  const options = { format, ...writtenOptions(draft) } as UploadFiles["options"];
  const description = draft.description.trim();
  return { upload: { name: name.data, description, options, files } };
}

function writtenOptions({ format, options }: UploadDraft): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const option of FORMAT_OPTIONS[format]) {
    const text = options[option] ?? "";
    const isEmpty = option === "delimiter" ? text === "" : text.trim() === "";
    if (!isEmpty) written[option] = readOption(option, text);
  }
  return written;
}

function readOption(option: string, text: string): unknown {
  if (option === "delimiter") return text;
  if (option === "size")
    return text
      .split(/[x×,\s]+/)
      .filter(Boolean)
      .map(Number);
  if (!LISTS.has(option)) return text.trim();
  const list = text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return option === "target" && list.length === 1 ? list[0] : list;
}

function missingFiles({ format, files }: UploadDraft): FieldError[] {
  const need = (part: DatasetPart): FieldError[] =>
    files[part] === undefined
      ? [{ path: part, rule: "required", message: "is needed: choose a file" }]
      : [];
  switch (format) {
    case "csv":
    case "images":
      return need("train");
    case "idx":
      return DATASET_PARTS.idx.flatMap(need);
    case "npy":
      if (files.train !== undefined) return [];
      return files.trainX === undefined && files.trainY === undefined
        ? need("train")
        : [...need("trainX"), ...need("trainY")];
  }
}
