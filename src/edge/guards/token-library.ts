// What is used of the library for tokens: a build holds no more of it, and a site without tokens loads none.

export {
  createRemoteJWKSet,
  customFetch,
  errors,
  importJWK,
  importSPKI,
  importX509,
  jwtVerify,
} from "jose";
