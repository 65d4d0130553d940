import type { Id, Scope } from "@sweepyard/contract";

/** Whose request it is. */
export interface Principal {
  readonly projectId: Id;
  readonly projectName: string;
  readonly keyId: Id;
  readonly keyName: string;
  readonly scopes: Scope[];
}
