import type { Role } from "#protocol/services/control.ts";
import type { Host, HostAnswer, Invite, Poster } from "./host.ts";

const roles: readonly Role[] = ["owner", "editor", "viewer"];

/** Asks the host that served the page, as the holder of `invite`. */
export function createHttpHost(invite: string | null): Host {
  async function get(path: string): Promise<HostAnswer<Readonly<Record<string, unknown>>>> {
    try {
      // Relative, so that it holds below any path of a reverse proxy.
      const answer = await fetch(`api/${path}`, {
        headers: invite === null ? {} : { Authorization: `Bearer ${invite}` },
      });
      const body: unknown = await answer.json();
      const fields = typeof body === "object" && body !== null ? { ...body } : {};
      if (answer.ok) return { ok: true, value: fields };
      const error =
        "error" in fields ? String(fields.error) : `The host answered ${answer.status}.`;
      return { ok: false, message: error };
    } catch {
      return { ok: false, message: "The host cannot be reached." };
    }
  }
  return {
    async invites() {
      const answer = await get("invites");
      if (!answer.ok) return answer;
      const { invites } = answer.value;
      return { ok: true, value: Array.isArray(invites) ? invites.flatMap(parseInvite) : [] };
    },
    async previewUrl(port) {
      const answer = await get(`preview?port=${port}`);
      if (!answer.ok) return answer;
      const { url } = answer.value;
      return typeof url === "string"
        ? { ok: true, value: url }
        : { ok: false, message: "The host gave no address for this port." };
    },
  };
}

function parseInvite(value: unknown): readonly Invite[] {
  if (typeof value !== "object" || value === null || !("role" in value) || !("url" in value)) {
    return [];
  }
  const role = roles.find((candidate) => candidate === value.role);
  return role === undefined ? [] : [{ role, url: String(value.url) }];
}

/** Reads what the host sends along with the page; undefined when it sent nothing. */
export function parsePoster(value: unknown): Poster | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { repl, path, text }: Partial<Record<string, unknown>> = { ...value };
  const slug = typeof repl === "object" && repl !== null && "slug" in repl ? repl.slug : "";
  return {
    slug: String(slug),
    file:
      typeof path === "string" ? { path, text: typeof text === "string" ? text : "" } : undefined,
  };
}
