import { EVENT_FORM, type Form } from "./event-form.ts";

const ID = { type: "integer", minimum: 1 };
const TEXT = { type: "string" };
const PLACE = {
  type: "object",
  properties: { name: TEXT, file: TEXT, line: ID, column: ID },
  required: ["name"],
  additionalProperties: false,
};

/**
 * The JSON Schema (2020-12) of a `*.trace.json`.
 *
 * An event of a kind that is not known is valid, so that a newer recorder's traces can be read; one of a known kind has
 * the fields of that kind, and no others.
 */
export function traceSchema(): Record<string, unknown> {
  const kinds = Object.keys(EVENT_FORM);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A recorded run of an escapement program",
    type: "object",
    properties: {
      version: { const: 1 },
      header: { type: "object" },
      sources: { type: "object", additionalProperties: TEXT },
      events: { type: "array", items: { $ref: "#/$defs/event" } },
    },
    required: ["version", "header", "sources", "events"],
    $defs: {
      event: {
        type: "object",
        properties: { kind: TEXT, iteration: { type: "integer", minimum: 0 }, time: { type: "number" } },
        required: ["kind", "iteration", "time"],
        allOf: kinds.map((kind) => ({
          if: { properties: { kind: { const: kind } }, required: ["kind"] },
          // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
          then: { $ref: `#/$defs/${kind}` },
        })),
      },
      ...Object.fromEntries(Object.entries(EVENT_FORM).map(([kind, form]) => [kind, eventSchema(kind, form)])),
    },
  };
}

function eventSchema(kind: string, form: Readonly<Record<string, Form>>): object {
  const fields = Object.entries(form).map(([field, of]) => [field, formSchema(of)]);
  return {
    type: "object",
    properties: { kind: { const: kind }, iteration: true, time: true, ...Object.fromEntries(fields) },
    required: Object.keys(form),
    additionalProperties: false,
  };
}

function formSchema(form: Form): object {
  switch (form) {
    case "id":
      return ID;
    case "id or null":
      return { anyOf: [ID, { type: "null" }] };
    case "count":
      return { type: "integer", minimum: 0 };
    case "number":
      return { type: "number" };
    case "number or null":
      return { type: ["number", "null"] };
    case "text":
      return TEXT;
    case "boolean":
      return { type: "boolean" };
    case "ids":
      return { type: "array", items: ID };
    case "places":
      return { type: "array", items: PLACE };
    default:
      return { enum: form.oneOf };
  }
}
