import { useIde } from "#store/hooks.tsx";

/** Tells those who listen what the others see: who comes, what runs, what failed. */
export function Announcer() {
  const announcement = useIde((state) => state.notifications.announcement);
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {announcement}
    </div>
  );
}
