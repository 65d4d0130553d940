import type { AppProcess } from "./appProcess.js";
import type { Chance } from "./chance.js";
import type { FaultSystem } from "./faultSystem.js";
import type { Moment } from "./moment.js";

export interface Struck {
  readonly system: FaultSystem;
  readonly victim: AppProcess;
  readonly chance: Chance;
}

/** One way in which things break. */
export interface Fault {
  readonly name: string;
  readonly victim: "worker" | "api";
  readonly moments: readonly Moment[];
  /** Out of so many rounds through all faults it is part of one. Default: each. */
  readonly everyRounds?: number;
  /** Absent: always. */
  possible?(system: FaultSystem): boolean;
  /** Breaks something. */
  strike(struck: Struck): Promise<void>;
  /**
   * Keeps it broken for as long as the fault says, then puts it right; what comes back by itself
   * needs none. Recovery is timed from the end of this.
   */
  repair?(struck: Struck): Promise<void>;
}
