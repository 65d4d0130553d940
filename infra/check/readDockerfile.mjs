/**
 * The instructions of one stage of a Dockerfile, continuation lines joined, comments dropped,
 * such as { name: "RUN", rest: "pnpm install" }. Enough of the language for our own files.
 */
export function readStage(dockerfile, stage) {
  const joined = dockerfile
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .replace(/\\\n\s*/g, " ");
  const instructions = joined
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name = "", rest = ""] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { name, rest };
    });
  const start = instructions.findIndex(
    ({ name, rest }) => name === "FROM" && rest.endsWith(` AS ${stage}`),
  );
  if (start < 0) throw new Error(`there is no stage "${stage}"`);
  const after = instructions.slice(start + 1);
  const end = after.findIndex(({ name }) => name === "FROM");
  return end < 0 ? after : after.slice(0, end);
}

/** `A=1 B=2` of an ENV instruction. */
export const readEnv = (rest) =>
  Object.fromEntries(rest.split(/\s+/).map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
