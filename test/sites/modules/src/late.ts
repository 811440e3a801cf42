export { label } from "./label.ts";
