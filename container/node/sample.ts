import { existsSync } from "node:fs";
import { cp, rename } from "node:fs/promises";
import type { Home } from "./home.ts";

/** The folder of the sample project, made from `template` unless an earlier start has made it. */
export async function sampleIn({ sampleFolder }: Home, template: string): Promise<string> {
  if (existsSync(sampleFolder)) return sampleFolder;
  // Under another name first, so that a start that was interrupted leaves no half of it.
  const unfinished = `${sampleFolder}.unfinished`;
  await cp(template, unfinished, { recursive: true });
  await rename(unfinished, sampleFolder);
  return sampleFolder;
}
