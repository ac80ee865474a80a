import { useLayoutEffect, type ComponentType } from "react";
import { useIde, useIdeContext } from "#store/hooks.tsx";
import { Boundary } from "../ui/Boundary.tsx";
import { Announcer } from "./Announcer.tsx";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { Dock } from "./Dock.tsx";
import { Drawer } from "./Drawer.tsx";
import { Header } from "./Header.tsx";
import { NotIn } from "./NotIn.tsx";
import { Overlays } from "./Overlays.tsx";
import { PhoneBar } from "./PhoneBar.tsx";
import { PhonePage } from "./PhonePage.tsx";
import { Rail } from "./Rail.tsx";
import { Sidebar } from "./Sidebar.tsx";
import { StatusBar } from "./StatusBar.tsx";
import { Toasts } from "./Toasts.tsx";
import "./Workspace.css";
import { mountPage } from "./page.ts";

/** Everything on the screen. */
export function Workspace() {
  const ide = useIdeContext();
  const room = useIde((state) => state.layout.room);
  const phone = room === "phone";
  const outside = useIde(
    ({ control }) => control.connection.kind === "ended" && !control.everConnected,
  );
  useLayoutEffect(() => mountPage(ide, document), [ide]);
  if (outside) return <NotIn />;
  return (
    <div className={phone ? "workspace workspace--phone" : "workspace"}>
      <Header />
      <ConnectionBanner />
      <main className="workspace__body">
        {!phone && <Rail />}
        {!phone && <Sidebar />}
        <Guarded name="The arrangement of panes" component={Dock} />
        {phone ? <PhonePage /> : <Drawer />}
      </main>
      {phone ? <PhoneBar /> : <StatusBar />}
      <Overlays />
      <Toasts />
      <Announcer />
    </div>
  );
}

function Guarded({
  name,
  component: Part,
}: {
  readonly name: string;
  readonly component: ComponentType;
}) {
  return (
    <Boundary name={name}>
      <Part />
    </Boundary>
  );
}
