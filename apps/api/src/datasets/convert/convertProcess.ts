import { AppError } from "@sweepyard/contract";
import type { Conversion, ConversionJob } from "./conversion.js";
import { convertDataset } from "./convertDataset.js";

/** What the process answers with, once. */
export type ConversionAnswer =
  | { readonly kind: "converted"; readonly conversion: Conversion }
  | {
      readonly kind: "refused";
      readonly code: AppError["code"];
      readonly message: string;
      readonly errors: AppError["errors"];
    }
  | { readonly kind: "failed"; readonly message: string };

/** The process of `runConversion`: takes one job, answers and ends. */
process.once("message", (job: ConversionJob) => {
  convertDataset(job).then(
    (conversion) => answer({ kind: "converted", conversion }),
    (error: unknown) =>
      answer(
        error instanceof AppError
          ? { kind: "refused", code: error.code, message: error.message, errors: error.errors }
          : {
              kind: "failed",
              message: error instanceof Error ? String(error.stack) : String(error),
            },
      ),
  );
});
process.once("disconnect", () => process.exit()); // the API has gone

const answer = (message: ConversionAnswer): void => {
  process.send?.(message, () => process.exit());
};
