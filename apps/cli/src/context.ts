import process from "node:process";
import { type Client, createClient } from "@sweepyard/client";
import type { Command } from "commander";
import { startFolder } from "./calledFrom.js";
import { findConnection } from "./connection.js";
import type { ExitCode } from "./failure.js";
import { createOutput, type Output } from "./output.js";

export interface GlobalOptions {
  readonly url?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** What every command works with. */
export interface Context {
  readonly output: Output;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Looked for when first asked, so that a wrong file is told before a missing server. */
  connect(): Promise<Client>;
}

/** A command's work; what it returns is the exit code, 0 when it returns nothing. */
export type Handler<A extends unknown[]> = (
  context: Context,
  ...args: A
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler without a return statement is void
) => Promise<ExitCode | void>;

/** Turns handlers into commander's actions, which get their arguments, options and command. */
export const createAct =
  (signal: AbortSignal) =>
  <A extends unknown[]>(handler: Handler<A>) =>
  async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const { url, key, json = false } = command.optsWithGlobals<GlobalOptions>();
    const context: Context = {
      output: createOutput({ json }),
      signal,
      async connect() {
        const { env } = process;
        const connection = await findConnection({ url, key, env, cwd: startFolder });
        return createClient({ baseUrl: connection.url, apiKey: connection.apiKey });
      },
    };
    process.exitCode = (await handler(context, ...(given.slice(0, -1) as A))) ?? 0;
  };
export type Act = ReturnType<typeof createAct>;
