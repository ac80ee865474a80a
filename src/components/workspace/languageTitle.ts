const titles: Readonly<Record<string, string>> = {
  plaintext: "Plain text",
  javascript: "JavaScript",
  typescript: "TypeScript",
  html: "HTML",
  css: "CSS",
  scss: "SCSS",
  json: "JSON",
  yaml: "YAML",
  xml: "XML",
  mdx: "MDX",
  sql: "SQL",
  php: "PHP",
  cpp: "C++",
  csharp: "C#",
  fsharp: "F#",
  "objective-c": "Objective-C",
  graphql: "GraphQL",
  protobuf: "Protocol Buffers",
  restructuredtext: "reStructuredText",
  powershell: "PowerShell",
  coffee: "CoffeeScript",
  hcl: "HCL",
  ini: "INI",
  bat: "Batch",
  vb: "Visual Basic",
};

/** A language as its people write it. */
export function languageTitle(id: string): string {
  return titles[id] ?? id.charAt(0).toUpperCase() + id.slice(1);
}
