/** A server that we started, or one that was there already and only has an address. */
export interface LocalService {
  /** Connection string, password included. */
  readonly url: string;
  /**
   * Settles when the server has ended, asked or not: how, in words. Never settles for one we did
   * not start.
   */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}
