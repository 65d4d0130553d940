import { useDebouncedValue } from "@mantine/hooks";
import { ApiError } from "@sweepyard/client";
import { AppError, type CreateSweep, type FieldError, parseSweep } from "@sweepyard/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { z } from "zod";
import { previewQuery } from "../api/queries.js";
import { type Draft, named, type Path, writeAt } from "./sweepDraft.js";

/** Typing is not worth a request a letter. */
const PAUSE_MS = 350;

/** A draft, what is wrong with it, and what submitting it would do. */
export function useSweepForm(first: Draft) {
  const [draft, setDraft] = useState(first);
  const submission = useMemo(() => named(draft), [draft]);
  const broken = useMemo(() => brokenRules(submission), [submission]);
  const [settled] = useDebouncedValue(submission, PAUSE_MS);
  const preview = useQuery({
    ...previewQuery(settled as z.input<typeof CreateSweep>),
    enabled: useMemo(() => brokenRules(settled).length === 0, [settled]),
    placeholderData: keepPreviousData,
  });
  const refused = preview.error instanceof ApiError ? preview.error.errors : NONE;
  const errors = broken.length > 0 ? broken : settled === submission ? refused : NONE;
  return {
    draft,
    /** The draft with a name. */
    submission,
    setDraft,
    /** Undefined takes the field out: then its default counts. */
    set: (path: Path, value: unknown) => setDraft((old) => writeAt(old, path, value)),
    errors,
    preview,
    /** What is shown belongs to an earlier draft. */
    isBehind: settled !== submission || preview.isFetching,
  };
}

export type SweepForm = ReturnType<typeof useSweepForm>;

const NONE: readonly FieldError[] = [];

/** What the contract's own rules say, before anybody is asked. */
function brokenRules(draft: Draft): readonly FieldError[] {
  try {
    parseSweep(draft);
    return NONE;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.errors.length > 0
      ? error.errors
      : [{ path: "", rule: error.code, message: error.message }];
  }
}

/** What is wrong at a field, or below it where the field shows all that is there. */
export function errorAt(
  errors: readonly FieldError[],
  path: Path,
  withBelow = true,
): string | undefined {
  const dotted = path.join(".");
  const found = errors.filter(
    (error) => error.path === dotted || (withBelow && error.path.startsWith(`${dotted}.`)),
  );
  if (found.length === 0) return undefined;
  return found
    .map(({ path: at, message }) =>
      at === dotted ? message : `${at.slice(dotted.length + 1)}: ${message}`,
    )
    .join("; ");
}
