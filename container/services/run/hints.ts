/** What a pattern in a program's output means, and what to do about it. */
interface Known {
  readonly pattern: RegExp;
  readonly hint: (match: RegExpExecArray) => string;
}

/** Packages whose name is not that of the module. */
const pythonPackages: Readonly<Record<string, string>> = {
  bs4: "beautifulsoup4",
  cv2: "opencv-python",
  dotenv: "python-dotenv",
  PIL: "pillow",
  serial: "pyserial",
  sklearn: "scikit-learn",
  yaml: "pyyaml",
};

/** The name of the package that a module belongs to: without the path inside it. */
function npmPackage(module: string): string {
  return module
    .split("/")
    .slice(0, module.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Known mistakes, as the tools of today report them. `hints.test.ts` asks the tools themselves. */
const known: readonly Known[] = [
  {
    pattern: /Cannot find (?:module|package) '((?:\.|\/|file:)[^']*)'/,
    hint: ([, path]) => `There is no file ${path}. Check its name and folder.`,
  },
  {
    pattern: /Cannot find (?:module|package) '([^']+)'/,
    hint: ([, module = ""]) => {
      return `The package ${npmPackage(module)} is not installed. Try: npm install ${npmPackage(module)}`;
    },
  },
  {
    pattern: /ModuleNotFoundError: No module named '([^'.]+)/,
    hint: ([, module = ""]) => {
      const name = pythonPackages[module] ?? module;
      return `The module ${module} is not installed. Try: pip install ${name}`;
    },
  },
  {
    pattern: /can't open file '([^']+)': \[Errno 2\]/,
    hint: ([, path]) => `There is no file ${path}. Check its name and folder.`,
  },
  {
    pattern: /(?:sh|line \d+|sh: \d+): ([^\s:]+): (?:command )?not found/,
    hint: ([, command]) => `The command ${command} is not installed, or its name is misspelt.`,
  },
  {
    pattern: /EADDRINUSE[^\n]*?:(\d+)\b/,
    hint: ([, port]) => `Port ${port} is in use. Stop the other program, or choose another port.`,
  },
  {
    pattern:
      /\[Errno (?:98|48)\] (?:error while attempting to bind[^\n]*)?[Aa]ddress already in use/,
    hint: () => "The port is in use. Stop the other program, or choose another port.",
  },
  {
    pattern: /listen EACCES: permission denied [^\n]*?:(\d+)/,
    hint: ([, port]) => `Port ${port} needs special rights. Choose one from 1024 on.`,
  },
  {
    pattern: /(?:sh|line \d+|sh: \d+): (\.?\/?[^\s:]+): Permission denied/,
    hint: ([, file]) => `${file} may not be run. Try: chmod +x ${file}`,
  },
  {
    pattern: /[Mm]issing script:? "?([\w:-]+)/,
    hint: ([, script]) => `package.json has no script "${script}". npm run lists those it has.`,
  },
  {
    pattern: /Cannot use import statement outside a module/,
    hint: () =>
      'import needs "type": "module" in package.json, or a file name that ends with .mjs.',
  },
  {
    pattern: /require is not defined in ES module scope/,
    hint: () => "In a module write import instead of require, or name the file .cjs.",
  },
  {
    pattern: /File "([^"]+)", line (\d+)[^]*?(?:IndentationError|TabError): ([^\r\n]*)/,
    hint: ([, file, line]) => `The indentation is wrong in ${file}, line ${line}.`,
  },
  {
    pattern: /File "([^"]+)", line (\d+)[^]*?\bSyntaxError: ([^\r\n]*)/,
    hint: ([, file, line, why]) => `Python cannot read ${file}, line ${line}: ${why}`,
  },
  {
    pattern: /([^\s"'()]+\.[cm]?[jt]sx?):(\d+)\r?\n[^]*?\bSyntaxError: ([^\r\n]*)/,
    hint: ([, file, line, why]) => `JavaScript cannot read ${file}, line ${line}: ${why}`,
  },
  {
    pattern: /JavaScript heap out of memory|^MemoryError/m,
    hint: () => "The program used more memory than it may have.",
  },
];

/** Looked at each time; what a flood holds beyond it has scrolled by unread anyway. */
const MAX_CHARS = 4096;

// oxlint-disable-next-line no-control-regex -- colours begin with one
const SEQUENCE = /\x1b(?:\[[\x20-\x3f]*[\x40-\x7e]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)/g;

/** Reads the output of one run for mistakes that we know (RU7). */
export class HintFinder {
  /** The end of what was read: a message may come in parts. */
  #tail = "";
  readonly #given = new Set<string>();

  /** Hints on what is in `text`, the next piece of output; none twice. */
  find(text: string): string[] {
    const recent = (this.#tail + text.slice(-MAX_CHARS)).slice(-MAX_CHARS);
    this.#tail = recent;
    const readable = recent.replace(SEQUENCE, "");
    const hints: string[] = [];
    for (const { pattern, hint } of known) {
      const match = pattern.exec(readable);
      if (match === null) continue;
      const found = hint(match);
      if (!this.#given.has(found)) hints.push(found);
      this.#given.add(found);
      // One mistake is often reported in several ways; the first of the table says most.
      break;
    }
    return hints;
  }
}
