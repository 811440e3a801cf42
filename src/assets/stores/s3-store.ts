// Where do assets live when a bucket keeps them? In any S3-compatible one, signed by aws4fetch.

import type { AssetStore } from "../../contract/platform.ts";
import { createOriginStore } from "./origin-store.ts";
import {
  createS3Fetch,
  explainS3,
  isS3Absence,
  readS3Refusal,
  type S3Options,
  s3Folder,
} from "./s3-client.ts";

/** Serves blobs from `<bucket>/<prefix>/<first two hex>/<sha256>`; needs the package aws4fetch. */
export async function createS3Store(options: S3Options): Promise<AssetStore> {
  const { timeoutMs } = options;
  return createOriginStore({
    base: s3Folder(options),
    fetch: await createS3Fetch(options),
    async explain(response, action, url) {
      const refusal = await readS3Refusal(response);
      return isS3Absence(refusal) ? undefined : explainS3(options, refusal, action, url);
    },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}
