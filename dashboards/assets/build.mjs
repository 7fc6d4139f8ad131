// Builds what the pages load: one style sheet, one icon sprite, the typeface, htmx and our own modules.
// Everything goes to dashboards/static/vendor/, each text file also compressed, with a manifest of content hashes.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const modules = join(root, "node_modules");
const italia = join(modules, "bootstrap-italia", "src");
const target = join(here, "..", "static", "vendor");

// Icons of Bootstrap Italia that the pages use; our own lie in icons/.
const ICONS = [
  "arrow-left", "calendar", "check", "chevron-right", "clock", "help-circle", "horn", "key", "list", "lock",
  "logout", "map-marker", "pencil", "plug", "refresh", "telephone", "user", "wifi",
];
const WEIGHTS = [400, 600, 700];
// Titillium Web has no Cyrillic: those letters come from Fira Sans, and only to whoever reads them.
const FACES = [["titillium-web", "latin"], ["titillium-web", "latin-ext"], ["fira-sans", "cyrillic"]];

const manifest = {};

function write(name, content) {
  const bytes = Buffer.from(content);
  writeFileSync(join(target, name), bytes);
  if (!/\.(woff2|png)$/.test(name)) {
    writeFileSync(join(target, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
  manifest[name] = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
}

function styles() {
  const plots = readFileSync(join(modules, "uplot", "dist", "uPlot.min.css"), "utf8");
  return plots + sass.compile(join(here, "scss", "vicino.scss"), {
    loadPaths: [join(italia, "scss")],
    style: "compressed",
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
    logger: sass.Logger.silent,
  }).css;
}

function symbol(name, svg) {
  const box = /viewBox="([^"]+)"/.exec(svg)?.[1] ?? "0 0 24 24";
  const inside = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1];
  if (!inside) throw new Error(`${name} is not an SVG picture.`);
  return `<symbol id="${name}" viewBox="${box}">${inside.replace(/\s+/g, " ").trim()}</symbol>`;
}

function sprite() {
  const symbols = ICONS.map((name) => symbol(name, readFileSync(join(italia, "svg", `it-${name}.svg`), "utf8")));
  for (const file of readdirSync(join(here, "icons")).sort()) {
    symbols.push(symbol(basename(file, ".svg"), readFileSync(join(here, "icons", file), "utf8")));
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
write("vicino.css", styles());
write("icons.svg", sprite());
write("htmx.js", readFileSync(join(modules, "htmx.org", "dist", "htmx.min.js")));
write("htmx-sse.js", readFileSync(join(modules, "htmx-ext-sse", "dist", "sse.min.js")));
write("uplot.js", readFileSync(join(modules, "uplot", "dist", "uPlot.esm.js")));
for (const file of readdirSync(join(here, "src"))) {
  write(file, readFileSync(join(here, "src", file)));
}
for (const file of readdirSync(join(here, "pictures"))) {
  write(file, readFileSync(join(here, "pictures", file)));
}
for (const [face, subset] of FACES) {
  for (const weight of WEIGHTS) {
    const file = `${face}-${subset}-${weight}-normal.woff2`;
    write(file, readFileSync(join(modules, "@fontsource", face, "files", file)));
  }
}
writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
writeFileSync(join(target, ".built"), "");
