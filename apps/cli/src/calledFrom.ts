import process from "node:process";

/** Where this program started. npm and pnpm run scripts in the repository's root. */
export const startFolder: string = process.cwd();

/**
 * Makes relative paths mean what they meant to whoever typed them: a script of npm's is called from
 * any folder, INIT_CWD, and runs in the root. The server's `.sweepyard/` is still looked for from
 * `startFolder`.
 */
export function goToCallersFolder(): void {
  const { npm_lifecycle_event: script, INIT_CWD: folder } = process.env;
  if (script === "sweepyard" && folder) process.chdir(folder);
}
