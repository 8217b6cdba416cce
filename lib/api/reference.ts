import { z } from 'zod';
import { roleMay } from '../auth/policy';
import { type Role, roles } from '../db/states';
import type { Contract } from './contract';
import { type ApiRoutes, describeApi, problemsOf } from './openapi';

/* The description of the API as people read it, made from the document that programs read. */

export type Field = { name: string; type: string; required: boolean; description: string };
export type ApiCall = {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  roles: Role[];
  /** In the address. */
  query: Field[];
  /** Of the JSON body. */
  body: Field[];
  sample: string;
  answer: { status: number; type: string };
  problems: { status: number; meaning: string }[];
};
export type ApiReference = {
  sections: { tag: string; calls: ApiCall[] }[];
  shapes: { name: string; fields: Field[] }[];
};

type Node = {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Node[];
  oneOf?: Node[];
  items?: Node;
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  required?: string[];
  description?: string;
  default?: unknown;
  $ref?: string;
};
const Node: z.ZodType<Node> = z.lazy(() =>
  z.looseObject({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    format: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    anyOf: z.array(Node).optional(),
    oneOf: z.array(Node).optional(),
    items: Node.optional(),
    properties: z.record(z.string(), Node).optional(),
    additionalProperties: z.union([z.boolean(), Node]).optional(),
    required: z.array(z.string()).optional(),
    description: z.string().optional(),
    default: z.unknown().optional(),
    $ref: z.string().optional(),
  }),
);

const Parameter = z.looseObject({
  name: z.string().optional(),
  in: z.string().optional(),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: Node.optional(),
});
const Body = z.looseObject({ schema: Node });
const Operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(Parameter),
  requestBody: z.looseObject({ content: z.record(z.string(), Body) }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: z.record(z.string(), Body).optional() })),
});

/** "string", "uuid or null", "array of Contact", "{ format, body }". */
function typeOf(node: Node): string {
  if (node.$ref !== undefined) return node.$ref.split('/').at(-1) ?? '';
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum) return node.enum.map((value) => JSON.stringify(value)).join(' or ');
  const either = node.anyOf ?? node.oneOf;
  if (either) return [...new Set(either.map(typeOf))].join(' or ');
  if (node.type === 'array') return `array of ${node.items ? typeOf(node.items) : 'anything'}`;
  if (node.properties) return `{ ${Object.keys(node.properties).join(', ')} }`;
  if (node.type === 'object') return 'object';
  if (node.format !== undefined) return node.format;
  return node.type === undefined ? 'anything' : [node.type].flat().join(' or ');
}

function fieldsOf(node: Node | undefined): Field[] {
  return Object.entries(node?.properties ?? {}).map(([name, field]) => ({
    name,
    type: typeOf(field),
    required: node?.required?.includes(name) ?? false,
    description: describe(field),
  }));
}

const describe = ({ description = '', default: usual }: Node): string =>
  usual === undefined ? description : `${description} Default: ${JSON.stringify(usual)}.`.trim();

export function referenceOf(routes: ApiRoutes, server: string): ApiReference {
  const document = describeApi(routes, server);
  const byTag = new Map(document.tags.map(({ name }) => [name, [] as ApiCall[]]));
  for (const [path, methods] of Object.entries(routes))
    for (const [method, { contract }] of Object.entries(methods)) {
      const operation = Operation.parse(document.paths[path]?.[method.toLowerCase()]);
      byTag.get(contract.tag)?.push(callOf(path, method, contract, operation, server));
    }
  return {
    sections: [...byTag].map(([tag, calls]) => ({ tag, calls })),
    shapes: Object.entries(document.components.schemas).map(([name, schema]) => ({
      name,
      fields: fieldsOf(Node.parse(schema)),
    })),
  };
}

function callOf(
  path: string,
  method: string,
  contract: Contract,
  operation: z.infer<typeof Operation>,
  server: string,
): ApiCall {
  const { content } = operation.responses[contract.status] ?? {};
  const [type, answer] = Object.entries(content ?? {})[0] ?? [];
  const query = operation.parameters.filter((parameter) => parameter.in === 'query');
  return {
    id: operation.operationId,
    method,
    path,
    summary: contract.summary,
    description: contract.description ?? '',
    roles: roles.filter((role) => roleMay(role, contract.permission)),
    query: query.map(({ name = '', required = false, description, schema = {} }) => ({
      name,
      required,
      type: typeOf(schema),
      description: describe({ ...schema, description }),
    })),
    body: fieldsOf(operation.requestBody?.content['application/json']?.schema),
    sample: sampleOf(path, method, contract, server),
    answer: {
      status: contract.status,
      type: type === 'application/json' && answer ? typeOf(answer.schema) : (type ?? 'no body'),
    },
    problems: problemsOf(contract, method).map(([status, meaning]) => ({ status, meaning })),
  };
}

/** For a shell that has the key in POSTHASTE_KEY. */
function sampleOf(path: string, method: string, { takes, example }: Contract, server: string): string {
  const address = `${server}${path.replace('{id}', '$ID')}`;
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}"${takes ? `${address}?listId=$LIST_ID` : address}"`,
    '-H "Authorization: Bearer $POSTHASTE_KEY"',
    ...(takes ? [`-H 'Content-Type: ${takes}' -T contacts.csv`] : []),
    ...(example === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(example).replaceAll("'", "'\\''")}'`]),
  ];
  return lines.join(' \\\n  ');
}
