// SPDX-License-Identifier: Apache-2.0
/** What the program runs on, and the part of Bun's global that the adapters use. Undefined on Node. */

export interface BunSubprocess {
  readonly pid: number;
  readonly exited: Promise<number>;
  readonly exitCode: number | null;
  readonly signalCode: string | null;
  readonly stdin: { write(bytes: Uint8Array): number | Promise<number>; end(): number | Promise<number> } | undefined;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  kill(signal?: string | number): void;
}

export interface BunFileSink {
  write(chunk: string | Uint8Array): number | Promise<number>;
  flush(): number | Promise<number>;
}

export interface BunFile extends Blob {
  writer(options?: { highWaterMark?: number }): BunFileSink;
}

export interface BunServer {
  readonly port: number;
  readonly url: URL;
  readonly pendingRequests: number;
  stop(closeActiveConnections?: boolean): Promise<void>;
  reload(options: unknown): void;
  timeout(request: Request, seconds: number): void;
  requestIP(request: Request): { address: string; port: number } | null;
}

export interface BunRuntime {
  readonly version: string;
  readonly stdin: BunFile;
  readonly stdout: BunFile;
  readonly stderr: BunFile;
  file(path: string | number): BunFile;
  serve(options: unknown): BunServer;
  spawn(command: readonly string[], options: unknown): BunSubprocess;
  /** The policy is newer than the other member, and absent from older versions. */
  readonly unsafe: { setJITPolicy?(factor: number): void };
}

/** Bun's global where the program runs on Bun. */
export const bun: BunRuntime | undefined = (globalThis as { Bun?: BunRuntime }).Bun;

/** `Bun 1.4.5`, `Node 20.19.0`. */
export const runtimeName = (): string => (bun === undefined ? `Node ${process.versions.node}` : `Bun ${bun.version}`);
