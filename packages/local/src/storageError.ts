import { AppError } from "@sweepyard/contract";

/** Turns "no space left" into words; every other error comes back as it is. */
export function explainStorageError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const full = code === "ENOSPC" || code === "EDQUOT" || isDiskFull(String(error));
  if (error instanceof AppError || !full) return error;
  return diskFull(path, error);
}

export function diskFull(path: string, cause?: unknown): AppError {
  return new AppError(
    "storage_full",
    `the disk of ${path} is full: free some space there, or set SWEEPYARD_HOME to a folder on another disk`,
    { cause },
  );
}

/** Whether a server's own words say that the disk is full. */
export function isDiskFull(text: string): boolean {
  return /no space left on device|disk quota exceeded|enough free space/i.test(text);
}
