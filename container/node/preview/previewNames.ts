import { fail, ok, type Result } from "#common/lib/result.ts";

const PLACE = "{port}";

/**
 * Where browsers find previews that they cannot find on ports of the host: an address for each, as a
 * reverse proxy gives it (PV7).
 */
export interface PreviewNames {
  /** The origin of the preview that has this port of the host. */
  originOf(hostPort: number): string;
  /** The port of the host whose preview has this name; undefined when the name is no preview's. */
  portOf(host: string): number | undefined;
  /** All of them, as a content policy names them. */
  readonly source: string;
}

/** Reads `https://{port}.preview.example.org`, or `https://example.org:{port}`. */
export function parsePreviewNames(pattern: string): Result<PreviewNames, string> {
  const [, scheme = "", before = "", name = "", after = ""] =
    /^(https?):\/\/([a-z0-9-]*)(\{port\}[a-z0-9-]*\.)?([a-z0-9.-]+(?::(?:\d+|\{port\}))?)\/?$/.exec(
      pattern,
    ) ?? [];
  const host = before + name + after;
  if (host.split(PLACE).length !== 2) {
    return fail(
      "--preview-url takes an address with {port} in it, such as " +
        `https://{port}.preview.example.org, not "${pattern}".`,
    );
  }
  const [start = "", end = ""] = host.split(PLACE);
  return ok({
    originOf: (hostPort) => `${scheme}://${start}${hostPort}${end}`,
    portOf(wanted) {
      // A port of its own is no name: such a request reaches the preview without us.
      if (name === "" || !wanted.startsWith(start) || !wanted.endsWith(end)) return undefined;
      const port = wanted.slice(start.length, wanted.length - end.length);
      return /^\d+$/.test(port) ? Number(port) : undefined;
    },
    // Policies know a star for the whole first label, and for a port.
    source: name === "" ? `${scheme}://${start}*` : `${scheme}://*.${after}`,
  });
}
