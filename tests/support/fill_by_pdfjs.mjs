// Fills a PDF form as pdf.js saves it: node fill_by_pdfjs.mjs PATH/pdf.mjs IN OUT VALUES.json
import { readFileSync, writeFileSync } from "node:fs";
globalThis.DOMMatrix ??= class {}; globalThis.ImageData ??= class {}; globalThis.Path2D ??= class {};
const [,, lib, input, output, values] = process.argv;
const pdfjs = await import(lib);
const doc = await pdfjs.getDocument({ data: new Uint8Array(readFileSync(input)), useSystemFonts: false, verbosity: 0 }).promise;
const given = JSON.parse(readFileSync(values, "utf8"));
const fields = await doc.getFieldObjects();
for (const [key, value] of Object.entries(given)) for (const f of fields[key] ?? [])
  doc.annotationStorage.setValue(f.id, f.type === "checkbox" ? { value: value === "Yes" } : { value });
writeFileSync(output, await doc.saveDocument());
