import bytes from "./resources/data.bin";
import settings from "./resources/settings.json";

export const onRequestGet = () =>
  Response.json({ isBuffer: bytes instanceof ArrayBuffer, bytes: [...new Uint8Array(bytes)], settings });
