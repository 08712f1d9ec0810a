// What the schema says of a place in a config: its sentence, and the words that can be there.
//   describe(schema, place) → { name, about, allowed: ["tanh", …], range: "≥ 1", fallback: "0.01" }
const MOST = 40;

export function describe(schema, place) {
  const inner = place.isKey ? place.path.slice(0, -1) : place.path;
  const blocks = walk(schema, inner, place.isKey ? "" : place.tag);
  if (place.isKey) return ofName(schema, blocks, place);
  const own = blocks.flatMap((block) => kinds(schema, block));
  const about = blocks.find((block) => block.description)?.description ?? "";
  return { name: String(inner.filter((part) => part !== 0).at(-1) ?? ""), about, allowed: words(own), range: range(own), fallback: fallback(blocks) };
}

// The names of a block that are not written yet; of the word that is one, its sentence.
function ofName(schema, blocks, { word, present, tag }) {
  const objects = blocks.flatMap((block) => kinds(schema, block)).filter((each) => each.properties && fits(each, tag));
  const fields = Object.assign({}, ...objects.map((each) => each.properties));
  const known = fields[word];
  const allowed = Object.keys(fields).filter((name) => !fields[name].deprecated && (!present.has(name) || name === word));
  const own = known ? kinds(schema, known) : [];
  return { name: known ? word : "", about: known?.description ?? "", allowed: allowed.slice(0, MOST), range: range(own), fallback: known ? fallback([known]) : "" };
}

function walk(schema, path, lastTag) {
  let blocks = [schema];
  path.forEach((part, i) => {
    const wanted = i === path.length - 1 ? lastTag : "";
    const all = blocks.flatMap((block) => kinds(schema, block));
    if (part === 0) blocks = all.flatMap((each) => (each.items ? [each.items] : []));
    else {
      const objects = all.filter((each) => each.properties?.[part]);
      const fitting = objects.filter((each) => fits(each, wanted));
      blocks = (fitting.length ? fitting : objects).map((each) => each.properties[part]);
      if (!objects.length) blocks = all.flatMap((each) => (typeof each.additionalProperties === "object" ? [each.additionalProperties] : []));
    }
  });
  return blocks;
}

// A schema as its alternatives, without references.
function kinds(schema, block) {
  if (block.$ref) return kinds(schema, schema.$defs[block.$ref.slice("#/$defs/".length)]);
  if (block.anyOf && !block.properties) return block.anyOf.flatMap((each) => kinds(schema, each));
  return [block];
}

function fits(block, tag) {
  const names = block.properties.type?.enum ?? block.properties.name?.enum;
  return !tag || !names || names.includes(tag);
}

function words(own) {
  const found = own.flatMap((each) => {
    if (each.enum) return each.enum;
    if (each.type === "boolean") return ["true", "false"];
    return each.properties?.type?.enum?.slice(0, 1) ?? each.properties?.name?.enum?.slice(0, 1) ?? [];
  });
  return [...new Set(found.map(String))].slice(0, MOST);
}

function range(own) {
  const number = own.find((each) => each.type === "integer" || each.type === "number");
  if (!number) return "";
  const low = number.minimum ?? number.exclusiveMinimum;
  const high = number.maximum ?? number.exclusiveMaximum;
  const parts = [low === undefined ? "" : `${number.minimum === undefined ? ">" : "≥"} ${low}`, high === undefined || high >= 1e15 ? "" : `${number.maximum === undefined ? "<" : "≤"} ${high}`];
  return parts.filter(Boolean).join(", ");
}

const fallback = (blocks) => {
  const given = blocks.find((block) => block.default !== undefined && typeof block.default !== "object");
  return given ? String(given.default) : "";
};
