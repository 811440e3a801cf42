// Spreads texts evenly over numbers, alike in every process; no protection against somebody who looks for collisions.

/** 32 bits: FNV-1a with the final mix of MurmurHash3, so that keys that differ in the last letter are far apart. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
