import type { Role } from "#protocol/services/control.ts";
import type { Host, HostAnswer, Invite, Poster } from "./host.ts";
import { parseRoom } from "./knownRoom.ts";

const roles: readonly Role[] = ["owner", "editor", "viewer"];

/** Asks the host that serves the page at `page`, as the holder of `invite`. */
export function createHttpHost(invite: string | null, page: string): Host {
  async function ask<T>(
    path: string,
    read: (answer: Response) => Promise<T>,
    body?: Blob,
  ): Promise<HostAnswer<T>> {
    try {
      const answer = await fetch(new URL(`api/${path}`, page), {
        headers: {
          "X-Tandem-Page": page,
          ...(invite === null ? {} : { Authorization: `Bearer ${invite}` }),
        },
        ...(body === undefined ? {} : { method: "POST", body }),
      });
      if (answer.ok) return { ok: true, value: await read(answer) };
      const { error = `The host answered ${answer.status}.` } = await fieldsOf(answer);
      return { ok: false, message: String(error) };
    } catch {
      return { ok: false, message: "The host cannot be reached.", isUnreachable: true };
    }
  }
  const get = (path: string) => ask(path, fieldsOf);
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
    sendImage: (image) =>
      ask("images", async (answer) => String((await fieldsOf(answer))["name"]), image),
    image: (name) => ask(`images/${name}`, (answer) => answer.blob()),
  };
}

/** The fields of an answer; none where something between here and the host has answered. */
async function fieldsOf(answer: Response): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await answer.json().catch(() => undefined);
  return typeof body === "object" && body !== null ? { ...body } : {};
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
