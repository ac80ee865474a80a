import { describe, expect, it } from "vitest";
import { lsofListing } from "./lsof.ts";

/** macOS: Node on all addresses (one IPv6 socket), its inspector, a Python server, and AirPlay. */
const lsof = `p501
f10
tIPv4
n*:7000
f11
tIPv6
n*:7000
p8120
f21
tIPv6
n*:3000
f22
tIPv4
n127.0.0.1:9229
p8201
f3
tIPv4
n*:8000
p8300
f5
tIPv6
n[::1]:5173
f6
tIPv4
n127.0.0.1:5173
`;

const ps = [
  "  501 /System/Library/CoreServices/ControlCenter.app/Contents/MacOS/ControlCenter",
  " 8120 node --inspect server.js TERM=xterm-256color SHELL=/bin/zsh REPL_ID=abc PWD=/Users/ada/p",
  " 8201 /usr/bin/python3 -m http.server PATH=/usr/bin:/bin REPL_ID=abcd HOME=/Users/ada",
  " 8300 node node_modules/.bin/vite REPL_ID=abc LANG=en_US.UTF-8",
  "",
].join("\n");

function listing(outputs: { readonly lsof: string; readonly ps: string }) {
  const asked: string[] = [];
  const list = lsofListing("abc", (program, args) => {
    asked.push([program, ...args].join(" "));
    return Promise.resolve(program === "lsof" ? outputs.lsof : outputs.ps);
  });
  return { list, asked };
}

describe("ports where there is no /proc", () => {
  it("[PO1] [PO2] [PO4] are those of the repl's programs, each once, with their command lines", async () => {
    const { list } = listing({ lsof, ps });
    expect(await list()).toEqual([
      { port: 3000, address: "::", pid: 8120, command: ["node", "--inspect", "server.js"] },
      { port: 9229, address: "127.0.0.1", pid: 8120, command: ["node", "--inspect", "server.js"] },
      { port: 5173, address: "::1", pid: 8300, command: ["node", "node_modules/.bin/vite"] },
    ]);
  });

  it("are asked for with options that macOS knows", async () => {
    const { list, asked } = listing({ lsof, ps });
    await list();
    expect(asked).toEqual([
      "lsof -nP -iTCP -sTCP:LISTEN -Fptn",
      "ps -Eww -o pid=,command= -p 501,8120,8201,8300",
    ]);
  });

  it("[PO4] are told with the widest of their addresses", async () => {
    const both = "p1\nf3\ntIPv4\nn127.0.0.1:80\nf4\ntIPv4\nn10.0.0.2:80\nf5\ntIPv4\nn*:80\n";
    const { list } = listing({ lsof: both, ps: "1 nginx REPL_ID=abc" });
    expect(await list()).toMatchObject([{ port: 80, address: "0.0.0.0" }]);
  });

  it("are none when nothing listens, and nobody is asked whose", async () => {
    const { list, asked } = listing({ lsof: "", ps });
    expect(await list()).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it("are none when the tools are not there", async () => {
    const list = lsofListing("abc", () => Promise.resolve(""));
    expect(await list()).toEqual([]);
  });
});
