// Where do assets live when a bucket keeps them? In any S3-compatible one, signed by aws4fetch.

import type { AssetStore } from "../../contract/platform.ts";
import { createOriginStore } from "./origin-store.ts";

export interface S3StoreOptions {
  /** `https://s3.eu-central-1.amazonaws.com`, `http://127.0.0.1:9000`, … */
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** Folder in the bucket. */
  prefix?: string;
  timeoutMs?: number;
}

/** Serves blobs from `<bucket>/<prefix>/<first two hex>/<sha256>`; needs the package aws4fetch. */
export async function createS3Store(options: S3StoreOptions): Promise<AssetStore> {
  const { timeoutMs } = options;
  return createOriginStore({
    base: s3Folder(options),
    fetch: await createS3Fetch(options),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

/** The URL under which the blobs lie, in path style, which every S3-compatible server understands. */
export function s3Folder({ endpoint, bucket, prefix = "" }: S3StoreOptions): string {
  const folder = prefix.replace(/^\/+|\/+$/g, "");
  return [endpoint.replace(/\/+$/, ""), bucket, folder].filter((part) => part !== "").join("/");
}

/** A fetch that signs; loaded on first use, since few sites need it. */
export async function createS3Fetch(
  options: S3StoreOptions,
): Promise<(url: string, init: RequestInit) => Promise<Response>> {
  const { AwsClient } = await import("aws4fetch");
  const { accessKeyId, secretAccessKey, sessionToken, region } = options;
  const credentials = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  const client = new AwsClient({ ...credentials, region, service: "s3", retries: 2 });
  return (url, init) => client.fetch(url, init);
}
