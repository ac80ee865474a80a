import { createRequire } from "node:module";
import { ReadStream } from "node:tty";

export interface PtyRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly cols: number;
  readonly rows: number;
}

/** A terminal device and the program that leads its session. */
export interface Pty {
  readonly pid: number;
  onData: (chunk: Buffer) => void;
  /** The leader has ended; what it wrote may still be on its way. */
  onLeaderExit: () => void;
  /** The device is closed: no more output. */
  onClose: () => void;
  /** Bytes written that the device has not taken yet. */
  readonly queuedBytes: number;
  write(bytes: Uint8Array): void;
  resize(cols: number, rows: number): void;
  pause(): void;
  resume(): void;
  /** Closes the device; who still has it open is hung up. */
  destroy(): void;
}

export type OpenPty = (request: PtyRequest) => Pty;

/**
 * Finds a library that opens terminals on this machine. ruspty is the better one, but has no binary
 * for, say, Linux on ARM; node-pty has.
 */
export async function loadPty(): Promise<OpenPty> {
  try {
    return loadRuspty();
  } catch {
    return loadNodePty();
  }
}

/** What is used of ruspty's binding, which comes without types. */
interface Ruspty {
  readonly Pty: new (options: {
    command: string;
    args: string[];
    envs: Record<string, string>;
    dir: string;
    size: { cols: number; rows: number };
    onExit: () => void;
  }) => {
    readonly pid: number;
    takeControllerFd(): number;
    dropUserFd(): void;
  };
  ptyResize(fd: number, size: { cols: number; rows: number }): void;
}

/**
 * The binding itself rather than the package around it: that one withholds the exit while a
 * background job has the terminal open, throws out of an event handler, and asks for binaries of
 * machines that nobody publishes.
 */
export function loadRuspty(): OpenPty {
  const require = createRequire(import.meta.url);
  const ruspty = require("@replit/ruspty-linux-x64-gnu") as Ruspty;
  return ({ file, args, env, cwd, cols, rows }) => {
    let destroyed = false;
    const native = new ruspty.Pty({
      command: file,
      args: [...args],
      envs: { ...env },
      dir: cwd,
      size: { cols, rows },
      onExit: () => {
        native.dropUserFd();
        pty.onLeaderExit();
      },
    });
    const fd = native.takeControllerFd();
    const socket = new ReadStream(fd);
    const pty: Pty = {
      pid: native.pid,
      onData: () => {},
      onLeaderExit: () => {},
      onClose: () => {},
      get queuedBytes() {
        return socket.writableLength;
      },
      write: (bytes) => void (destroyed || socket.write(bytes)),
      resize: (newCols, newRows) => {
        if (!destroyed) ruspty.ptyResize(fd, { cols: newCols, rows: newRows });
      },
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
      destroy: () => {
        destroyed = true;
        socket.destroy();
      },
    };
    socket.on("data", (chunk: Buffer) => pty.onData(chunk));
    // A terminal that nobody has open any more reads as EIO: the usual end, like any other error.
    socket.on("error", () => pty.destroy());
    socket.on("close", () => {
      destroyed = true;
      pty.onClose();
    });
    return pty;
  };
}

export async function loadNodePty(): Promise<OpenPty> {
  const nodePty = await import("@lydell/node-pty");
  return ({ file, args, env, cwd, cols, rows }) => {
    let gone = false;
    const native = nodePty.spawn(file, [...args], {
      cwd,
      env: { ...env },
      cols,
      rows,
      encoding: null,
    });
    const pty: Pty = {
      pid: native.pid,
      onData: () => {},
      onLeaderExit: () => {},
      onClose: () => {},
      queuedBytes: 0,
      // Declared for strings, passed on to a socket as it is.
      write: (bytes) => void (gone || native.write(bytes as unknown as string)),
      resize: (newCols, newRows) => void (gone || native.resize(newCols, newRows)),
      pause: () => native.pause(),
      resume: () => native.resume(),
      destroy: () => {
        gone = true;
        // Not declared, but the only way to close the device.
        (native as unknown as { destroy(): void }).destroy();
      },
    };
    native.onData((chunk) => pty.onData(chunk as unknown as Buffer));
    native.onExit(() => {
      gone = true;
      pty.onClose();
    });
    return pty;
  };
}
