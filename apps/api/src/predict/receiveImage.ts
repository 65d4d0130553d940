import { AppError } from "@sweepyard/contract";
import express, { type Request, type Response } from "express";
import { readMultipart } from "../readMultipart.js";

const IMAGE_BYTES = 20 * 1024 * 1024;

/** The picture is the body itself, or the form's file `image`. */
export async function receiveImage(req: Request, res: Response): Promise<Uint8Array> {
  if (req.is("multipart/form-data")) return receiveImageForm(req);
  const parse = express.raw({ type: () => true, limit: IMAGE_BYTES });
  await new Promise<void>((resolve, reject) => {
    parse(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  return requireBytes(Buffer.isBuffer(req.body) ? req.body : undefined);
}

async function receiveImageForm(req: Request): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  await readMultipart(req, {
    fields: [],
    files: ["image"],
    onFile: async (_name, bytes) => {
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > IMAGE_BYTES)
          throw new AppError("payload_too_large", `the picture is above ${IMAGE_BYTES} bytes`);
        chunks.push(chunk);
      }
    },
  });
  return requireBytes(Buffer.concat(chunks));
}

function requireBytes(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes !== undefined && bytes.length > 0) return bytes;
  throw new AppError("invalid_request", "there is no picture in the request", {
    errors: [{ path: "image", rule: "required", message: "is missing or empty" }],
  });
}
