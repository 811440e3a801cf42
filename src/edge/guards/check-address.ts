// May somebody from there ask? Addresses are compared as numbers, never as text: one has many spellings.

import type { AddressSettings } from "../../contract/guards.ts";
import { type AddressRange, isInRanges, parseAddressRange, parseIpAddress } from "../../http/ip-address.ts";
import { createProblemResponse } from "../../http/problem.ts";
import { clientAddressOf, type Guard } from "./guard.ts";

interface AddressList {
  isEmpty: boolean;
  has(address: bigint | undefined): boolean;
}

/** 403 for those in `deny`, and where there is an `allow` for all that are not in it. */
export function checkAddress({ allow, deny }: AddressSettings): Guard {
  const isAllowed = createAddressTest(allow, deny);
  return (next) => (request, env, context) =>
    isAllowed(clientAddressOf(request, context))
      ? next(request, env, context)
      : createProblemResponse(request, { status: 403 });
}

/** Compiles the test. What is neither an address nor none at all is refused. */
export function createAddressTest(
  allow: readonly string[],
  deny: readonly string[],
): (address: string | undefined) => boolean {
  const [allowed, denied] = [compile(allow), compile(deny)];
  return (text) => {
    const address = text === undefined ? undefined : parseIpAddress(text);
    if (text !== undefined && address === undefined) return false;
    return !denied.has(address) && (allowed.isEmpty || allowed.has(address));
  };
}

function compile(texts: readonly string[]): AddressList {
  const ranges = texts.map(parseAddressRange).filter((range): range is AddressRange => range !== undefined);
  const [hasAll, hasUnix] = [texts.includes("all"), texts.includes("unix")];
  return {
    isEmpty: texts.length === 0,
    has: (address) => hasAll || (address === undefined ? hasUnix : isInRanges(address, ranges)),
  };
}
