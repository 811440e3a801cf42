import page from "../templates/page.html";
import note from "./resources/note.txt";
import query from "./resources/query.sql";

export const onRequestGet = () => Response.json({ note, query, page });
