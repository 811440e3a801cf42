// What a large file may cost a server: several ranges of it at once, half of them given up in the middle.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, readFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";

const MEBIBYTE = 1024 * 1024;
const PARALLEL = 8;

/** A file that takes little room on the disk, in which each mebibyte is told from the others. */
export async function writeSparseFile(file: string, sizeBytes: number): Promise<void> {
  const handle = await open(file, "w");
  await handle.truncate(sizeBytes);
  for (let position = 0; position + 8 <= sizeBytes; position += MEBIBYTE) {
    const mark = Buffer.alloc(8);
    mark.writeBigUInt64LE(BigInt(position / MEBIBYTE + 1));
    await handle.write(mark, 0, 8, position);
  }
  await handle.close();
}

export interface LargeFileTask {
  /** Where the file is served, and where it lies. */
  url: string;
  file: string;
  sizeBytes: number;
  /** The server's process. */
  pid: number;
}

export interface LargeFileFigures {
  rssGrowthBytes: number;
  descriptorsBefore: number;
  descriptorsAfter: number;
  /** Complete ranges, and how many of them were right. */
  completed: number;
  right: number;
  aborted: number;
}

/** Downloads the file in eight ranges at the same time, of which every second is given up after its first tenth. */
export async function downloadRanges(task: LargeFileTask): Promise<LargeFileFigures> {
  const { url, file, sizeBytes, pid } = task;
  const rangeBytes = Math.floor(sizeBytes / PARALLEL);
  const rangeOf = (index: number) => ({ start: index * rangeBytes, end: (index + 1) * rangeBytes - 1 });
  // The first answers load code and fill caches, whatever the size of the file.
  for (let times = 0; times < 20; times++) await download(url, { start: 0, end: MEBIBYTE - 1 }, MEBIBYTE);
  await settle(pid, await countDescriptors(pid));
  const [descriptorsBefore, rssBefore] = [await countDescriptors(pid), await readRss(pid)];
  let highestRss = rssBefore;
  const timer = setInterval(async () => {
    highestRss = Math.max(highestRss, await readRss(pid));
  }, 20);
  const downloads = Array.from({ length: PARALLEL }, (_, index) => {
    const limit = index % 2 === 0 ? rangeBytes : Math.floor(rangeBytes / 10);
    return download(url, rangeOf(index), limit);
  });
  const sums = await Promise.all(downloads).finally(() => clearInterval(timer));
  highestRss = Math.max(highestRss, await readRss(pid));
  const wanted = await Promise.all(
    sums.map((sum, index) => (sum === undefined ? undefined : hashOf(file, rangeOf(index)))),
  );
  const complete = sums.filter((sum) => sum !== undefined);
  return {
    rssGrowthBytes: highestRss - rssBefore,
    descriptorsBefore,
    descriptorsAfter: await settle(pid, descriptorsBefore),
    completed: complete.length,
    right: complete.filter((sum) => wanted.includes(sum)).length,
    aborted: PARALLEL - complete.length,
  };
}

/** The hash of a range; undefined where it was given up after `limitBytes`. */
async function download(
  url: string,
  { start, end }: { start: number; end: number },
  limitBytes: number,
): Promise<string | undefined> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { range: `bytes=${start}-${end}` }, agent: false }, resolve).once("error", reject);
  });
  if (response.statusCode !== 206) throw new Error(`It answered ${response.statusCode}`);
  const digest = createHash("sha256");
  let length = 0;
  for await (const chunk of response) {
    length += (chunk as Buffer).length;
    digest.update(chunk as Buffer);
    if (length >= limitBytes && length <= end - start) {
      response.destroy();
      return undefined;
    }
  }
  if (length !== end - start + 1) throw new Error(`The answer ended at ${length} bytes`);
  return digest.digest("hex");
}

async function hashOf(file: string, range: { start: number; end: number }): Promise<string> {
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(file, range)) digest.update(chunk as Buffer);
  return digest.digest("hex");
}

/** Waits until no more descriptors are open than expected, for some seconds at most. */
async function settle(pid: number, expected: number): Promise<number> {
  for (let times = 0; times < 100 && (await countDescriptors(pid)) > expected; times++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  return countDescriptors(pid);
}

async function countDescriptors(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}

async function readRss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
}
