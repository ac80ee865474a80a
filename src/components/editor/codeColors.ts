import type { CodeRun } from "../ui/markup/colorist.ts";
import type { editor as Editors, languages as Languages } from "monaco-editor/editor.js";
import { darkTheme, lightTheme } from "./monacoThemes.ts";

type Rule = Editors.ITokenThemeRule;

/** The part of Monaco that is needed. */
interface Tokenizers {
  readonly editor: Pick<typeof Editors, "colorize" | "tokenize">;
  readonly languages: Pick<typeof Languages, "getLanguages">;
}

/** Code as the editor would show it, in both themes; undefined when no tokenizer is for it. */
export async function colorRuns(
  { editor, languages }: Tokenizers,
  code: string,
  language: string,
): Promise<readonly CodeRun[] | undefined> {
  const id = languageCalled(languages.getLanguages(), language);
  if (id === undefined) return undefined;
  // Resolves when the tokenizer has come; only then does `tokenize` know it.
  await editor.colorize("", id, {});
  const lines = code.split(/\r\n|\r|\n/);
  return editor.tokenize(code, id).flatMap((tokens, index) => {
    const line = `${lines[index] ?? ""}${index < lines.length - 1 ? "\n" : ""}`;
    return tokens.map(({ offset, type }, at) =>
      runOf(line.slice(offset, tokens[at + 1]?.offset), type),
    );
  });
}

/** The language that people mean by `js`, `C++` or `python`: its name, or the end of its files. */
export function languageCalled(
  all: readonly Languages.ILanguageExtensionPoint[],
  name: string,
): string | undefined {
  const wanted = name.toLowerCase();
  if (wanted === "") return undefined;
  const named = all.find(
    ({ id, aliases = [] }) =>
      id === wanted || aliases.some((alias) => alias.toLowerCase() === wanted),
  );
  return (named ?? all.find(({ extensions = [] }) => extensions.includes(`.${wanted}`)))?.id;
}

function runOf(text: string, type: string): CodeRun {
  const light = ruleFor(lightTheme.rules, type);
  const colors = [light, ruleFor(darkTheme.rules, type)].map((rule) => `#${rule?.foreground}`);
  const [onLight = "", onDark = ""] = colors;
  return { text, colors: [onLight, onDark], isItalic: light?.fontStyle === "italic" };
}

/** As the editor chooses: the rule of the longest beginning of a type such as `string.escape.js`. */
function ruleFor(rules: readonly Rule[], type: string): Rule | undefined {
  return rules
    .filter(({ token }) => token === "" || type === token || type.startsWith(`${token}.`))
    .reduce<Rule | undefined>(
      (best, rule) => (best !== undefined && best.token.length >= rule.token.length ? best : rule),
      undefined,
    );
}
