// Where does a push upload to? To the store that a site is served from.

import process from "node:process";
import { createOriginFetch } from "../../assets/stores/origin-store.ts";
import { createOriginTarget } from "../../assets/stores/origin-target.ts";
import { completeS3Options } from "../../assets/stores/s3-client.ts";
import { createS3Target } from "../../assets/stores/s3-target.ts";
import type { AssetTarget } from "../../contract/platform.ts";
import type { StoreAddress } from "../../contract/store-address.ts";
import { STORE_VARIABLES } from "./open-asset-store.ts";

/** The writing side of a store; throws `store-credentials` if the environment lacks what it needs. */
export async function openAssetTarget(address: StoreAddress): Promise<AssetTarget> {
  if (address.kind === "s3") return createS3Target(completeS3Options(address, process.env));
  const fetch = createOriginFetch(process.env[STORE_VARIABLES.token]);
  return createOriginTarget({ base: address.base, fetch });
}
