import type { Role } from "#protocol/services/control.ts";
import type { Host, HostAnswer, Invite, Poster } from "./host.ts";
import { parseRoom } from "./knownRoom.ts";

const roles: readonly Role[] = ["owner", "editor", "viewer"];

/** Asks the host that serves the page at `page`, as the holder of `invite`. */
export function createHttpHost(invite: string | null, page: string): Host {
  async function get(path: string): Promise<HostAnswer<Readonly<Record<string, unknown>>>> {
    try {
      const answer = await fetch(new URL(`api/${path}`, page), {
        headers: {
          "X-Tandem-Page": page,
          ...(invite === null ? {} : { Authorization: `Bearer ${invite}` }),
        },
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
      const links = answer.value;
      return {
        ok: true,
        value: roles.flatMap((role): readonly Invite[] => {
          const url = links[role];
          return typeof url === "string" ? [{ role, url }] : [];
        }),
      };
    },
    async previewLink(port) {
      const answer = await get(`preview?port=${port}`);
      if (!answer.ok) return answer;
      const { link } = answer.value;
      return typeof link === "string"
        ? { ok: true, value: link }
        : { ok: false, message: "The host gave no address for this port." };
    },
  };
}

/** Reads what the host sends along with the page; undefined when it sent nothing. */
export function parsePoster(value: unknown): Poster | undefined {
  const room = parseRoom(value);
  if (room === undefined) return undefined;
  const { path, text } = value as Partial<Record<string, unknown>>;
  return {
    ...room,
    file:
      typeof path === "string" ? { path, text: typeof text === "string" ? text : "" } : undefined,
  };
}
