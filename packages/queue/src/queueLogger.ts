/** What this package logs with; a pino logger is one. */
export interface QueueLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLogger: QueueLogger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
