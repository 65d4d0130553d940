/** How a trainer process ended without being asked to. */
export interface TrainerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines of its output. */
  readonly lastWords: readonly string[];
  /** Set when we ended it because it gave no sign of life for so long. */
  readonly silentMs?: number;
}

/** The process is gone in the middle of a run; another attempt goes on from the checkpoint. */
export class TrainerDeath extends Error {
  override readonly name = "TrainerDeath";
  readonly code: "out_of_memory" | "trainer_hung" | "trainer_killed" | "trainer_crashed";

  constructor(exit: TrainerExit) {
    const { code, words } = explain(exit);
    super(words);
    this.code = code;
  }
}

function explain({ code, signal, lastWords, silentMs }: TrainerExit): {
  code: TrainerDeath["code"];
  words: string;
} {
  const said = lastWords.length === 0 ? "" : `; its last words: ${lastWords.join(" | ")}`;
  if (lastWords.some((line) => line.includes("heap out of memory")))
    return {
      code: "out_of_memory",
      words: "the trainer ran out of JavaScript memory: give it fewer or smaller layers",
    };
  if (silentMs !== undefined)
    return {
      code: "trainer_hung",
      words: `the trainer gave no sign of life for ${silentMs / 1000} s and was ended${said}`,
    };
  if (signal === "SIGKILL")
    return {
      code: "trainer_killed",
      words:
        "the trainer was killed from outside (SIGKILL), as the kernel does when memory runs out: " +
        "look at the machine's log, and give it fewer slots or a smaller model",
    };
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  return { code: "trainer_crashed", words: `the trainer ${how}${said}` };
}
