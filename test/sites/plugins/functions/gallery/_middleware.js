export { onRequest } from "assets:../../src/gallery";
