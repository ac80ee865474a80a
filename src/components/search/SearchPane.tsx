import { CaseSensitive, Regex, Search, SearchX, WholeWord } from "lucide-react";
import { useActions, useIde } from "#store/hooks.tsx";
import type { SearchQuery } from "#store/ui/search.ts";
import { Empty } from "../ui/Empty.tsx";
import { FileHeading } from "../ui/FileHeading.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { Spinner } from "../ui/Spinner.tsx";
import { HitText } from "./HitText.tsx";
import "./SearchPane.css";

function narrowed({ matchCase, wholeWord, include }: SearchQuery): boolean {
  return matchCase || wholeWord || include.trim() !== "";
}

/** Words in all files of the project. */
export function SearchPane() {
  const actions = useActions();
  const search = useIde((state) => state.search);
  const { query, results, answered } = search;
  const count = results.reduce((sum, { hits }) => sum + hits.length, 0);
  const choices = [
    { key: "matchCase", label: "Match case", icon: CaseSensitive },
    { key: "wholeWord", label: "Whole words", icon: WholeWord },
    { key: "regex", label: "Regular expression", icon: Regex },
  ] as const;
  const setQuery = (change: Partial<typeof query>) => {
    actions.search.setQuery(change);
    actions.search.runSoon();
  };
  return (
    <div className="search">
      <div className="pane-head">
        <h2 className="pane-head__title">Search</h2>
        {search.searching && <Spinner />}
      </div>
      <form
        className="search__form"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          void actions.search.run();
        }}
      >
        <div className="search__query">
          <input
            className="field"
            value={query.text}
            placeholder="Search in all files"
            aria-label="Search in all files"
            spellCheck={false}
            onChange={(event) => setQuery({ text: event.target.value })}
          />
          <div className="search__choices">
            {choices.map(({ key, label, icon }) => (
              <IconButton
                key={key}
                icon={icon}
                label={label}
                aria-pressed={query[key]}
                onClick={() => setQuery({ [key]: !query[key] })}
              />
            ))}
          </div>
        </div>
        <input
          className="field"
          value={query.include}
          placeholder="Files, such as *.ts, *.md"
          aria-label="Files to search in"
          spellCheck={false}
          onChange={(event) => setQuery({ include: event.target.value })}
        />
      </form>
      {answered === undefined && search.failure === undefined && (
        <Empty
          icon={Search}
          title="Find words in all files"
          detail="Lines appear while you type. Name files to search only in those."
        />
      )}
      {answered !== undefined && search.failure === undefined && (
        <div className={count === 0 ? "visually-hidden" : "search__summary"} role="status">
          {count === 0
            ? `Nothing found for “${answered.text}”`
            : `${count}${search.cut ? "+" : ""} in ${results.length} ${results.length === 1 ? "file" : "files"}`}
        </div>
      )}
      {search.failure !== undefined && (
        <Empty icon={SearchX} title="The search failed" detail={search.failure} />
      )}
      {answered !== undefined && search.failure === undefined && count === 0 && (
        <Empty
          icon={SearchX}
          title={`Nothing found for “${answered.text}”`}
          detail={
            narrowed(answered)
              ? "Fewer conditions may find more: letter case, whole words, names of files."
              : "Binary files and folders of packages and builds are left out."
          }
        />
      )}
      <div className="search__results" hidden={count === 0}>
        {results.map(({ path, hits }) => (
          <section key={path} aria-label={path}>
            <FileHeading
              path={path}
              count={hits.length}
              onOpen={() => actions.layout.openFile(path)}
            />
            {hits.map(({ line, text }) => (
              <button
                key={line}
                type="button"
                className="search__hit"
                onClick={() => actions.openPlace(path, line, 1)}
              >
                <span className="search__line">{line}</span>
                <HitText query={answered ?? query} text={text} />
              </button>
            ))}
          </section>
        ))}
      </div>
    </div>
  );
}
