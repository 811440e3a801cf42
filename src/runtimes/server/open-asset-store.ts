// Where does a started site read its files? In the folder of the build, or in a remote store behind a folder of
// copies. The settings travel in the environment, which the processes of every runtime share.

import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { createHotStore } from "../../assets/stores/hot-store.ts";
import { createOriginFetch, createOriginStore } from "../../assets/stores/origin-store.ts";
import { createRestingStore } from "../../assets/stores/resting-store.ts";
import { completeS3Options } from "../../assets/stores/s3-client.ts";
import { createS3Store } from "../../assets/stores/s3-store.ts";
import { CausewayError } from "../../contract/errors.ts";
import type { AssetStore } from "../../contract/platform.ts";
import type { Site } from "../../contract/site.ts";
import { readStoreAddress, type StoreAddress, withoutCredentials } from "../../contract/store-address.ts";
import { StoreError } from "../../contract/store-error.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { createDiskCacheStore } from "./disk-cache-store.ts";
import { createFolderStore } from "./folder-store.ts";

/** Where the settings of this machine stand. */
export const STORE_VARIABLES = {
  /** Address of a store, in place of the site's own; empty for the folder of the build. */
  store: "CAUSEWAY_ASSET_STORE",
  /** Folder for copies of what a remote store holds. */
  cache: "CAUSEWAY_ASSET_CACHE",
  /** How many bytes of copies are kept. */
  cacheBytes: "CAUSEWAY_ASSET_CACHE_BYTES",
  /** Bearer token for a store that is an HTTP origin. */
  token: "CAUSEWAY_ASSET_STORE_TOKEN",
} as const;

const DEFAULT_CACHE_BYTES = 1024 ** 3;

/** The files of a build that lies in `outDir`, with a memory of small ones in front. */
export async function openAssetStore(site: Site, outDir: string): Promise<AssetStore> {
  const address = storeAddressOf(site);
  if (address === undefined) return createHotStore(createFolderStore(join(outDir, "assets")));
  const remote = demandPresence(await openRemoteStore(address));
  const cached = createDiskCacheStore(createRestingStore(remote, { clock: SYSTEM_CLOCK }), {
    folder: process.env[STORE_VARIABLES.cache] || join(dirname(outDir), ".causeway", "asset-copies"),
    maxBytes: Number(process.env[STORE_VARIABLES.cacheBytes] || DEFAULT_CACHE_BYTES),
  });
  return createHotStore(await cached.catch(explainFolder));
}

/** Where a site's files are read from: undefined for its build. Throws `bad-usage` for an address that is none. */
export function storeAddressOf(site: Site): StoreAddress | undefined {
  const text = process.env[STORE_VARIABLES.store] ?? site.assets.store ?? "";
  return text === "" ? undefined : requireStoreAddress(text);
}

/** The address that a text names; throws `bad-usage` if it is none. */
export function requireStoreAddress(text: string): StoreAddress {
  const address = readStoreAddress(text);
  if (!("flaw" in address)) return address;
  const message = `Cannot use "${withoutCredentials(text)}" as an asset store: ${address.flaw}`;
  throw new CausewayError("bad-usage", message, { remedy: address.remedy });
}

async function openRemoteStore(address: StoreAddress): Promise<AssetStore> {
  if (address.kind === "s3") return createS3Store(completeS3Options(address, process.env));
  const token = process.env[STORE_VARIABLES.token];
  return createOriginStore({ base: address.base, fetch: createOriginFetch(token) });
}

/** What the manifest lists must be in the store: a build that was not pushed is worth a line in the log. */
function demandPresence(store: AssetStore): AssetStore {
  return {
    async read(blob, interval) {
      const body = await store.read(blob, interval);
      if (body !== undefined) return body;
      const message = `Cannot read "${blob.path}": the asset store does not have ${blob.hash}, or does not show it`;
      throw new StoreError(message, {
        isTransient: false,
        remedy: "Run `causeway assets push` for this build.",
      });
    },
  };
}

function explainFolder(error: NodeJS.ErrnoException): never {
  const { code, path } = error;
  if (code === undefined) throw error;
  throw new CausewayError("bad-usage", `Cannot keep copies of assets in "${path}": ${code}`, {
    cause: error,
    remedy: `Name a folder that may be written to in ${STORE_VARIABLES.cache}, in ${tmpdir()} for instance.`,
  });
}
