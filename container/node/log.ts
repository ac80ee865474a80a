import { createLogger, type LogFields, type Logger, type LogLevel } from "#common/lib/log.ts";

const rankOf: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Writes lines of that level and above to standard error, one each, fields as `name=value`. */
export function createStderrLogger(least: LogLevel): Logger {
  return createLogger((level, message, fields) => {
    if (rankOf[level] < rankOf[least]) return;
    const time = new Date().toISOString();
    process.stderr.write(`${time} ${level} ${printable(message)}${fieldsText(fields)}\n`);
  });
}

function fieldsText(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${printable(String(value))}`)
    .join("");
}

/** Names and paths come from clients, and must not forge lines or move a terminal's cursor. */
function printable(text: string): string {
  return text.replaceAll(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
