import {
  Braces,
  Database,
  File,
  FileArchive,
  FileCode,
  FileCog,
  FileKey,
  FileText,
  FileType,
  Film,
  Hash,
  Image,
  Music,
  SquareTerminal,
  Table,
  type LucideIcon,
} from "lucide-react";

/** How a file is drawn in lists. */
export interface FileKind {
  readonly icon: LucideIcon;
  readonly tint: Tint;
}

type Tint = "blue" | "yellow" | "green" | "orange" | "red" | "purple" | "cyan" | "grey";

const kinds: readonly (readonly [FileKind, string])[] = [
  [{ icon: FileCode, tint: "yellow" }, "js mjs cjs jsx"],
  [{ icon: FileCode, tint: "blue" }, "ts mts cts tsx py pyi lua"],
  [{ icon: FileCode, tint: "orange" }, "html htm xml svelte rs java swift"],
  [{ icon: FileCode, tint: "cyan" }, "go c h cpp hpp cc zig dart"],
  [{ icon: FileCode, tint: "green" }, "vue r ex exs clj nim"],
  [{ icon: FileCode, tint: "red" }, "rb erl scala"],
  [{ icon: FileCode, tint: "purple" }, "php cs fs kt kts hs ml pl el proto"],
  [{ icon: Hash, tint: "blue" }, "css scss sass less"],
  [{ icon: Braces, tint: "yellow" }, "json jsonc json5 map"],
  [{ icon: FileCog, tint: "grey" }, "yml yaml toml ini conf cfg lock nix replit editorconfig"],
  [{ icon: FileCog, tint: "cyan" }, "dockerfile containerfile makefile cmake gradle"],
  [{ icon: FileText, tint: "cyan" }, "md mdx markdown rst"],
  [{ icon: FileText, tint: "grey" }, "txt log license readme"],
  [{ icon: SquareTerminal, tint: "green" }, "sh bash zsh fish bat ps1 cmd"],
  [{ icon: Image, tint: "purple" }, "png jpg jpeg gif svg webp avif ico bmp"],
  [{ icon: Music, tint: "orange" }, "mp3 wav ogg flac m4a"],
  [{ icon: Film, tint: "orange" }, "mp4 webm mov mkv avi"],
  [{ icon: FileArchive, tint: "grey" }, "zip tar gz tgz xz bz2 7z"],
  [{ icon: FileType, tint: "red" }, "woff woff2 ttf otf"],
  [{ icon: Database, tint: "red" }, "sql db sqlite sqlite3"],
  [{ icon: Table, tint: "green" }, "csv tsv xlsx"],
  [{ icon: FileKey, tint: "yellow" }, "env pem key crt"],
];

const byExtension = new Map(
  kinds.flatMap(([kind, extensions]) =>
    extensions.split(" ").map((extension) => [extension, kind] as const),
  ),
);

const plain: FileKind = { icon: File, tint: "grey" };

/** The kind of a file by its extension, or by its whole name where it has none. */
export function fileKind(path: string): FileKind {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return byExtension.get(name.slice(name.lastIndexOf(".") + 1)) ?? plain;
}
