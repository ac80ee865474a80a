import { existsSync } from "node:fs";
import { cp, rename } from "node:fs/promises";

/** Makes sure that there is a sample project at `folder`; one that was made earlier is kept. */
export async function ensureSample(template: string, folder: string): Promise<void> {
  if (existsSync(folder)) return;
  // Under another name first, so that a start that was interrupted leaves no half of it.
  const unfinished = `${folder}.unfinished`;
  await cp(template, unfinished, { recursive: true });
  await rename(unfinished, folder);
}
