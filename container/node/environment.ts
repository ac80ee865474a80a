/** Names that belong to the host's own start, or to the terminal that it was started from. */
const HOST_ONLY =
  /^(TANDEM_|npm_|VITEST|COLORTERM$|COLUMNS$|INIT_CWD$|KITTY_|LINES$|NODE_CHANNEL_FD$|NODE_UNIQUE_ID$|OLDPWD$|PWD$|SHLVL$|STY$|TERM$|TERMCAP$|TERM_PROGRAM|TMUX|VTE_VERSION$|WEZTERM_|WINDOW$|WINDOWID$|_$)/;

/** Folders that `npm start` puts in front of the user's PATH. */
const NPM_FOLDER = /[\\/](node_modules[\\/]\.bin|node-gyp-bin)[\\/]?$/;

/**
 * The environment of every program of a repl: the one the host's user has, without what only
 * concerns the host (its `TANDEM_*` secrets above all), in UTF-8, with `repl` on top.
 */
export function programEnvironment(
  host: Readonly<Record<string, string | undefined>>,
  repl: Readonly<Record<string, string>>,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    if (value !== undefined && !HOST_ONLY.test(name)) env[name] = value;
  }
  const startedByNpm = host["npm_lifecycle_event"] !== undefined;
  const folders = (host["PATH"] ?? "").split(":").filter((folder) => {
    return folder !== "" && !(startedByNpm && NPM_FOLDER.test(folder));
  });
  env["PATH"] = folders.length > 0 ? folders.join(":") : "/usr/local/bin:/usr/bin:/bin";
  // A locale that is not UTF-8 would make programs replace what people type by question marks.
  for (const name of ["LC_ALL", "LC_CTYPE", "LANG"]) {
    if (env[name] !== undefined && !/utf-?8/i.test(env[name])) delete env[name];
  }
  env["LANG"] ??= "C.UTF-8";
  env["TERM"] = "xterm-256color";
  env["COLORTERM"] = "truecolor";
  return { ...env, ...repl };
}
