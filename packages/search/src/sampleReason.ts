/** Why these params: short, JSON, stored with the run and shown to people. */
export interface SampleReason {
  readonly sampler: string;
  readonly [detail: string]: string | number | boolean | null;
}
