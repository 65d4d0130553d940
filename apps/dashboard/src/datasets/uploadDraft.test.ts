import { expect, test } from "vitest";
import { EMPTY_UPLOAD, readUpload, type UploadDraft } from "./uploadDraft.js";

const file = new File(["a,b\n1,2\n"], "table.csv");
const draft = (changes: Partial<UploadDraft>): UploadDraft => ({ ...EMPTY_UPLOAD, ...changes });
const errorsOf = (changes: Partial<UploadDraft>) => {
  const read = readUpload(draft(changes));
  return "errors" in read ? read.errors.map(({ path }) => path) : [];
};

test("a table needs a name, a file and its target", () => {
  expect(errorsOf({})).toEqual(["name", "target", "train"]);
  const whole = { name: "houses", files: { train: file }, options: { target: "price" } };
  expect(readUpload(draft(whole))).toEqual({
    upload: {
      name: "houses",
      description: "",
      options: { format: "csv", target: "price" },
      files: { train: file },
    },
  });
});

test("lists are read by commas, a size by its sign, and a tab stays a tab", () => {
  const table = readUpload(
    draft({
      name: "houses",
      files: { train: file },
      options: { target: "price, rent", ignore: "id,\n street", delimiter: "\t" },
    }),
  );
  expect(table).toMatchObject({
    upload: {
      options: { target: ["price", "rent"], ignore: ["id", "street"], delimiter: "\t" },
    },
  });
  const images = { name: "photos", format: "images", files: { train: file } } as const;
  expect(readUpload(draft({ ...images, options: { size: "32 × 48" } }))).toMatchObject({
    upload: { options: { format: "images", size: [32, 48] } },
  });
  expect(errorsOf({ ...images, options: { size: "large" } })).not.toEqual([]);
});

test("files and options of another format are left at home", () => {
  const read = readUpload(
    draft({
      name: "digits",
      format: "npy",
      files: { train: file, test: file },
      options: { target: "price" },
    }),
  );
  expect(read).toMatchObject({ upload: { options: { format: "npy" }, files: { train: file } } });
  expect("upload" in read && Object.keys(read.upload.files)).toEqual(["train"]);
});

test("arrays come as one file or as two, and IDX as four with the names of its classes", () => {
  expect(errorsOf({ name: "a", format: "npy" })).toEqual(["train"]);
  expect(errorsOf({ name: "a", format: "npy", files: { trainX: file } })).toEqual(["trainY"]);
  expect(errorsOf({ name: "a", format: "idx" })).toEqual([
    "class_names",
    "trainImages",
    "trainLabels",
    "testImages",
    "testLabels",
  ]);
});
