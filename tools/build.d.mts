/** Brings the named halves of dist/ up to date. */
export function ensureBuilt(names?: readonly ("app" | "host")[]): Promise<void>;
