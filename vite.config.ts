import react from "@vitejs/plugin-react";
import { createHash } from "node:crypto";
import { promises as fs } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { defineConfig, transformWithOxc, type Plugin } from "vite";

/** Where `tools/dev.mjs` runs the host while Vite serves the app. */
const hostUrl = process.env["TANDEM_DEV_HOST"] ?? "http://127.0.0.1:4000";

/** Packages that become part of the host. */
const bundled = [/^@bufbuild\/protobuf/, /^@xterm\//, "fast-diff", "smol-toml", "ws"];

export default defineConfig(({ isSsrBuild }) => ({
  // Relative, so that the app works below any path of a reverse proxy.
  base: "./",
  plugins: isSsrBuild ? [] : [react(), leanMonaco(), serviceWorker(), precompress()],
  server: {
    host: "127.0.0.1",
    // The host derives links from `Host`, which therefore stays the browser's.
    proxy: {
      "/api": { target: hostUrl, changeOrigin: false },
      "/wsv2": { target: hostUrl, changeOrigin: false, ws: true },
    },
  },
  worker: { format: "es" },
  // The host is nearly one file, which starts sooner than a tree of modules. Packages that are not
  // named here stay outside: native code, and what only benchmarks use.
  ssr: { noExternal: bundled, target: "node" },
  build: isSsrBuild
    ? { outDir: "dist/host", target: "node20", sourcemap: true }
    : {
        outDir: "dist/app",
        target: "es2022",
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        chunkSizeWarningLimit: 4096,
        rolldownOptions: {
          output: {
            codeSplitting: {
              // What changes less often than we do. What is loaded lazily has chunks of its own
              // anyway; a group for it would draw in helpers that everything needs.
              groups: [
                {
                  name: "react",
                  test: /node_modules[\\/](react|react-dom|scheduler|zustand)[\\/]/,
                },
              ],
            },
          },
        },
      },
}));

/**
 * Parts that Monaco imports for what this app never asks of it, a quarter of its bytes, and what
 * stands in for them. An import of ours gets the whole part.
 */
const absent: Readonly<Record<string, string>> = {
  // Comparing two texts loads with the history, which imports it by itself.
  "editor/browser/widget/diffEditor/diffEditorWidget.js": "export class DiffEditorWidget {}",
  "editor/browser/widget/multiDiffEditor/multiDiffEditorWidget.js":
    "export class MultiDiffEditorWidget {}",
  // The app has a palette of its own; the lists and trees of Monaco's served that alone.
  "editor/standalone/browser/quickInput/standaloneQuickInputService.js":
    "export class StandaloneQuickInputService {}",
  "platform/list/browser/listService.js": `
    import { createDecorator } from "monaco-editor/platform/instantiation/common/instantiation.js";
    export const IListService = createDecorator("listService");
    export class ListService {}`,
  "base/browser/ui/selectBox/selectBox.js":
    "export class SelectBox {} export const SeparatorSelectOption = {};",
  // Asking how to paste belongs to a feature that is not registered.
  "editor/contrib/dropOrPasteInto/browser/copyPasteController.js":
    "export class CopyPasteController { static get() { return null; } }",
  // Drawing by the GPU is off.
  "editor/browser/gpu/viewGpuContext.js": "export class ViewGpuContext {}",
  "editor/browser/viewParts/viewLinesGpu/viewLinesGpu.js": "export class ViewLinesGpu {}",
  "editor/browser/viewParts/rulersGpu/rulersGpu.js": "export class RulersGpu {}",
  // Languages have Monarch tokenizers.
  "editor/common/model/tokens/treeSitter/treeSitterSyntaxTokenBackend.js":
    "export class TreeSitterSyntaxTokenBackend {}",
  // What works in the worker is only there; without workers there is no app.
  "editor/common/services/editorWebWorker.js": "export class EditorWorker {}",
  // Messages and tips are plain text.
  "base/browser/markdownRenderer.js": `
    export function renderAsPlaintext(text) {
      return typeof text === "string" ? text : text.value;
    }
    export function renderMarkdown(text, options, element = document.createElement("div")) {
      element.textContent = text.value;
      return { element, dispose() {} };
    }`,
};

function leanMonaco(): Plugin {
  const unused = new Set(Object.keys(absent));
  const partOf = (file: string) => file.replace(/^.*\/monaco-editor\/esm\/vs\//, "");
  return {
    name: "lean-monaco",
    enforce: "pre",
    apply: "build",
    resolveId(source, importer) {
      if (!importer?.includes("/monaco-editor/esm/") || !source.startsWith(".")) return null;
      const file = path.posix.join(path.posix.dirname(importer), source);
      return partOf(file) in absent ? `${file}?absent` : null;
    },
    load(id) {
      const [file = "", query] = id.split("?");
      if (query !== "absent") return null;
      unused.delete(partOf(file));
      return { code: absent[partOf(file)] ?? "", moduleSideEffects: false };
    },
    buildEnd(error) {
      if (error === undefined && unused.size > 0) {
        this.error(`Monaco no longer imports ${[...unused].join(", ")}`);
      }
    },
  };
}

/** Adds `sw.js`, which knows all files of the build that it belongs to. */
function serviceWorker(): Plugin {
  const source = "src/offline/serviceWorker.ts";
  return {
    name: "service-worker",
    apply: "build",
    enforce: "post",
    async generateBundle(_options, bundle) {
      const assets = Object.keys(bundle).filter((name) => /^assets\/.*(?<!\.map)$/.test(name));
      const page = bundle["index.html"];
      const { code } = await transformWithOxc(await fs.readFile(source, "utf8"), source);
      const id = createHash("sha256")
        .update(assets.toSorted().join())
        .update(page?.type === "asset" ? page.source : "")
        .digest("hex");
      const build = JSON.stringify({ id: id.slice(0, 16), assets });
      this.emitFile({
        type: "asset",
        fileName: "sw.js",
        source: `const BUILD = ${build};\n${code}`,
      });
    },
  };
}

/** Writes `x.br` and `x.gz` beside every file that shrinks, so that the host never compresses. */
function precompress(): Plugin {
  const worthwhile = /\.(js|css|html|svg|json|wasm|ttf|txt|map)$/;
  const minBytes = 1024;
  const brotli = promisify(zlib.brotliCompress);
  const gzip = promisify(zlib.gzip);

  async function compress(file: string): Promise<void> {
    const content = await fs.readFile(file);
    if (content.byteLength < minBytes) return;
    const variants = [
      [".br", brotli(content, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11 } })],
      [".gz", gzip(content, { level: 9 })],
    ] as const;
    await Promise.all(
      variants.map(async ([suffix, compressed]) => fs.writeFile(file + suffix, await compressed)),
    );
  }

  return {
    name: "precompress",
    apply: "build",
    async writeBundle({ dir }) {
      const names = await fs.readdir(dir ?? "dist/app", { recursive: true });
      const files = names.filter((name) => worthwhile.test(name));
      await Promise.all(files.map((name) => compress(path.join(dir ?? "dist/app", name))));
    },
  };
}
