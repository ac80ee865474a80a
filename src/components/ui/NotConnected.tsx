import { CloudOff } from "lucide-react";
import { Empty } from "./Empty.tsx";

/** What a pane shows that would have something, had the page reached its host. */
export function NotConnected({ detail }: { readonly detail: string }) {
  return <Empty icon={CloudOff} title="Not connected" detail={detail} />;
}
