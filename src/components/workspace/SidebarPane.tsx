import type { SidebarView } from "#store/ui/layout.ts";
import { CommentsPane } from "../comments/CommentsPane.tsx";
import { FilesPane } from "../files/FilesPane.tsx";
import { PeoplePane } from "../presence/PeoplePane.tsx";
import { SearchPane } from "../search/SearchPane.tsx";

/** What the sidebar shows, wherever there is room for it. */
export function SidebarPane({ view }: { readonly view: SidebarView }) {
  switch (view) {
    case "files":
      return <FilesPane />;
    case "search":
      return <SearchPane />;
    case "comments":
      return <CommentsPane />;
    case "people":
      return <PeoplePane />;
  }
}
