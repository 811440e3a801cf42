// Where do assets live on Workers? Behind the static assets binding, uploaded under `/<first two hex>/<sha256>`.

import type { AssetStore } from "../../contract/platform.ts";
import { blobPath } from "./blob-path.ts";
import { sliceStream } from "./slice-stream.ts";

/** The part of the Workers `ASSETS` binding that is used. */
export interface AssetsBinding {
  fetch(request: Request): Promise<Response>;
}

/** Serves blobs through the binding; it knows no ranges, so intervals are cut out of the whole. */
export function createBindingStore(binding: AssetsBinding): AssetStore {
  return {
    async read(blob, interval) {
      const path = blobPath(blob.hash);
      if (path === undefined) return undefined;
      const response = await binding.fetch(new Request(`https://assets.invalid${path}`));
      if (response.status === 200 && response.body) {
        return interval ? sliceStream(response.body, interval) : response.body;
      }
      await response.body?.cancel();
      if (response.status === 200) return new Uint8Array();
      if (response.status === 404) return undefined;
      throw new Error(`Cannot read asset "${path}": the assets binding answered ${response.status}`);
    },
  };
}
