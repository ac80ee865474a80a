import { initials } from "#store/presence.ts";
import { Avatar } from "./Avatar.tsx";
import "./AvatarStack.css";

interface AvatarStackProps {
  readonly people: readonly {
    readonly userId: number;
    readonly name: string;
    readonly color: number;
  }[];
}

/** More would take the room of the name that they stand beside. */
const MOST = 3;

/**
 * A few people beside a name, each with a letter that can be read on any screen. The tooltip and the
 * accessible name are for who shows it: with everybody's name, also of those who are only counted.
 */
export function AvatarStack({ people }: AvatarStackProps) {
  const shown = people.length > MOST ? people.slice(0, MOST - 1) : people;
  const rest = people.length - shown.length;
  return (
    <span className="avatar-stack">
      {shown.map(({ userId, name, color }) => (
        <Avatar key={userId} initials={initials(name)} color={color} sizePx={18} />
      ))}
      {rest > 0 && <span className="avatar-stack__rest" data-rest={`+${rest}`} aria-hidden />}
    </span>
  );
}
