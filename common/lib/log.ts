/** Things worth a tag, so that a log can be searched: a broken invariant, a change of a state machine, a peer's mistake on the wire. */
export type LogTag = "invariant" | "state" | "wire";

export interface LogFields {
  readonly tag?: LogTag;
  readonly [field: string]: string | number | boolean | undefined;
}

/**
 * Passed to whoever has something to say. Contents of files, keystrokes, tokens and secrets are
 * never logged.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to each line. */
  child(fields: LogFields): Logger;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Builds a logger over one function that receives each line. */
export function createLogger(
  write: (level: LogLevel, message: string, fields: LogFields) => void,
  fields: LogFields = {},
): Logger {
  const at = (level: LogLevel) => (message: string, more?: LogFields) =>
    write(level, message, { ...fields, ...more });
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (more) => createLogger(write, { ...fields, ...more }),
  };
}

/** Says nothing. */
export const silentLogger: Logger = createLogger(() => {});
