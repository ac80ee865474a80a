/** The arrows of ARCHITECTURE.md, checked. */
const error = (name, from, to) => ({ name, severity: "error", from, to });
const tests = "(\\.test\\.tsx?$|\\.prop\\.test\\.ts$|^test/|^e2e/|^tools/)";

module.exports = {
  forbidden: [
    error("no-cycles", {}, { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } }),
    error(
      "common-is-the-floor",
      { path: "^common/", pathNot: tests },
      { path: "^(src|container|test|e2e)/" },
    ),
    error("ot-is-only-algebra", { path: "^common/ot/" }, { path: "^common/(gen|wire)/" }),
    error("wire-knows-no-feature", { path: "^common/(wire|lib)/" }, { path: "^common/ot/" }),
    error(
      "gen-only-through-wire",
      { pathNot: ["^common/(wire|gen)/", tests] },
      { path: "^common/gen/" },
    ),
    error(
      "portable-code-has-no-builtins",
      { path: "^(common|container/services|container/[^/]+\\.ts)", pathNot: tests },
      { dependencyTypes: ["core"] },
    ),
    error(
      "services-know-no-platform",
      { path: "^container/(services/|[^/]+\\.ts)", pathNot: tests },
      { path: "^container/(node|browser)/" },
    ),
    error(
      "platforms-stay-apart",
      { path: "^container/(node|browser)/" },
      { path: "^container/(node|browser)/", pathNot: "^container/$1/" },
    ),
    error("host-knows-no-app", { path: "^container/" }, { path: "^src/" }),
    error(
      "app-knows-no-host",
      { path: "^src/", pathNot: tests },
      { path: "^container/", pathNot: "^container/browser/main\\.ts$" },
    ),
    error("protocol-knows-no-ui", { path: "^src/protocol/" }, { path: "^src/(store|components)/" }),
    error(
      "worker-is-entered-by-url-only",
      { path: "^src/", pathNot: ["^src/protocol/worker/", tests] },
      { path: "^src/protocol/worker/" },
    ),
    error("store-knows-no-components", { path: "^src/store/" }, { path: "^src/components/" }),
    error(
      "no-react-below-the-hooks",
      { path: "^(common|container|src/(protocol|store))/", pathNot: "^src/store/hooks\\.tsx?$" },
      { path: "node_modules/react" },
    ),
    error(
      "components-see-only-the-store",
      { path: "^src/components/", pathNot: ["Binding\\.ts$", tests] },
      { path: "^(src/protocol|common/(gen|wire))/" },
    ),
    error(
      "panes-do-not-reach-across",
      { path: "^src/components/([^/]+)/", pathNot: "^src/components/workspace/" },
      { path: "^src/components/([^/]+)/", pathNot: ["^src/components/$1/", "^src/components/ui/"] },
    ),
    error(
      "slices-do-not-reach-across",
      {
        path: "^(src/store|src/protocol/services|container/services)/([^/.]+)\\.ts$",
        pathNot: "^src/store/(store|hooks)\\.tsx?$",
      },
      { path: "^$1/", pathNot: "^$1/$2[./]" },
    ),
    error("no-test-in-product", { pathNot: tests }, { path: "(\\.test\\.tsx?$|^(test|e2e)/)" }),
    error(
      "no-orphans",
      {
        orphan: true,
        pathNot: [
          "(^|/)(main|serviceWorker)\\.tsx?$",
          tests,
          "\\.d\\.ts$",
          "config\\.ts$",
          "^common/wire/(transport|version)\\.ts$",
        ],
      },
      {},
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".js", ".mjs"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types"],
    },
  },
};
