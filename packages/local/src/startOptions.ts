import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { AppError } from "@sweepyard/contract";

export interface StartOptions {
  /** `start` serves on until it is stopped; `demo` ends with its sweep. */
  readonly command: "start" | "demo";
  readonly json: boolean;
  /** Of each run; absent: as the sweep says. */
  readonly epochs: number | undefined;
  /** A backup that an empty system begins with. */
  readonly restoreFrom: string | undefined;
}

const USAGE = `npm start [-- --restore FOLDER], or: npm run demo -- [--json] [--epochs N]
Settings in the environment: SWEEPYARD_HOME, SWEEPYARD_DATASETS, DATABASE_URL, REDIS_URL, API_PORT, SLOTS`;

/** @throws {AppError} `invalid_request` that shows how to call it. */
export function parseStartOptions(argv: readonly string[]): StartOptions {
  const [command, ...args] = argv;
  if (command !== "start" && command !== "demo") throw refuse(`unknown command "${command}"`);
  try {
    const { values } = parseArgs({
      args,
      options: {
        json: { type: "boolean" },
        epochs: { type: "string" },
        restore: { type: "string" },
      },
    });
    const epochs = values.epochs === undefined ? undefined : Number(values.epochs);
    if (epochs !== undefined && (!Number.isInteger(epochs) || epochs < 1))
      throw refuse(`--epochs is to be a whole number from 1 on, not "${values.epochs}"`);
    const restoreFrom = values.restore === undefined ? undefined : resolve(values.restore);
    return { command, json: values.json === true, epochs, restoreFrom };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refuse((error as Error).message);
  }
}

function refuse(reason: string): AppError {
  return new AppError("invalid_request", `${reason}\n${USAGE}`);
}
