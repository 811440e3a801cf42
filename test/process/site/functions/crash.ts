import { exit } from "node:process";

export const onRequest = () => exit(7);
