import type { UploadItem } from "#store/files/uploads.ts";

/** The type of a drag that comes from the tree itself. */
export const TREE_DRAG = "application/x-tandem-paths";

/** Everything that was dropped, folders with all that is in them. */
export async function droppedItems(transfer: DataTransfer): Promise<readonly UploadItem[]> {
  // Entries must be taken before the first wait: the list is emptied when the event is over.
  const dropped = [...transfer.items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const items: UploadItem[] = [];
  for (const each of dropped) {
    // What another page made is a file without an entry.
    if (each instanceof File) items.push(uploadOf(each, each.name));
    else if (each !== null) await collect(each, "", items);
  }
  return items;
}

async function collect(entry: FileSystemEntry, prefix: string, items: UploadItem[]): Promise<void> {
  const path = prefix + entry.name;
  if (isFile(entry)) {
    items.push({
      path,
      read: () =>
        new Promise((resolve, reject) =>
          entry.file((file) => resolve(file.arrayBuffer().then(toBytes)), reject),
        ),
    });
    return;
  }
  if (!isDirectory(entry)) return;
  items.push({ path, read: undefined });
  for (const child of await entriesOf(entry)) await collect(child, `${path}/`, items);
}

/** A reader gives at most a hundred entries at a time, and an empty list at the end. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function uploadOf(file: File, path: string): UploadItem {
  return { path, read: () => file.arrayBuffer().then(toBytes) };
}

function toBytes(buffer: ArrayBuffer): Uint8Array {
  return new Uint8Array(buffer);
}

/** Lets the person choose files, or a folder: what a drop does, for those who do not drag. */
export function pickFiles(folder: boolean): Promise<readonly UploadItem[]> {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = folder;
  return new Promise((resolve) => {
    input.addEventListener("cancel", () => resolve([]));
    input.addEventListener("change", () =>
      resolve(
        [...(input.files ?? [])].map((file) =>
          uploadOf(file, file.webkitRelativePath || file.name),
        ),
      ),
    );
    input.click();
  });
}

/** The paths of a drag that began in the tree. */
export function treePaths(transfer: DataTransfer): readonly string[] {
  const text = transfer.getData(TREE_DRAG);
  return text === "" ? [] : (JSON.parse(text) as readonly string[]);
}
