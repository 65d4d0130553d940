export interface DownloadProgress {
  /** What is being fetched, in words for a person. */
  readonly label: string;
  readonly bytes: number;
  /** Null when the sender does not say. */
  readonly totalBytes: number | null;
}

export type OnProgress = (progress: DownloadProgress) => void;
