// The one chunk that holds the terminal emulator; loaded when the first terminal is shown.
import "@xterm/xterm/css/xterm.css";

export { FitAddon } from "@xterm/addon-fit";
export { SearchAddon } from "@xterm/addon-search";
export { WebLinksAddon } from "@xterm/addon-web-links";
export { WebglAddon } from "@xterm/addon-webgl";
export { Terminal } from "@xterm/xterm";
