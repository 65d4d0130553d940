import { ApiError } from "@sweepyard/client";

const dashed = (name: string): string => `--${name.replaceAll("_", "-")}`;

/** What the API says of its options, in the command line's: `on_error: skip` is `--on-error skip`. */
export const inOptions = (text: string): string =>
  text
    .replace(/\boptions\.(\w+)/g, (_, name: string) => dashed(name))
    .replace(/\bheader: false\b/g, "--no-header")
    .replace(
      /\b(on_error|missing|task|delimiter): ("[^"]*"|\w+)/g,
      (_, name: string, value: string) => `${dashed(name)} ${value}`,
    )
    .replace(/\b(list \w+(?: column)? under) (ignore|categorical)\b/g, "$1 --$2");

/** The same refusal with its words so changed. */
export const refusedInOptions = ({ problem }: ApiError): ApiError =>
  new ApiError({
    ...problem,
    detail: inOptions(problem.detail),
    errors: problem.errors?.map((error) => ({ ...error, message: inOptions(error.message) })),
  });
