import { z } from 'zod';
import { type Contract, tags } from './contract';
import type { ApiRoute } from './route';
import { ErrorAnswer } from './shapes';

/* Describes the API as OpenAPI 3.1, from the same schemas that its door parses with. */

type Schema = Record<string, unknown>;
export type ApiRoutes = Record<string, Record<string, ApiRoute>>;

/** Named schemas are put in one place, `found`, and referred to. */
function schemaOf(schema: z.ZodType, found: Record<string, unknown>): Schema {
  const {
    $schema: _,
    $defs = {},
    ...rest
  } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // A format says it already, and one may rely on nothing else being there.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.type === 'object' && jsonSchema.properties) jsonSchema.additionalProperties = false;
    },
  });
  for (const [name, definition] of Object.entries($defs)) found[name] = hoisted(definition);
  return hoisted(rest);
}

const hoisted = (schema: object): Schema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));

/** The properties of an object's schema, as parameters. */
function parametersOf(place: 'path' | 'query', schema: z.ZodObject | undefined): Schema[] {
  if (!schema) return [];
  const Properties = z.object({
    properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })).default({}),
    required: z.array(z.string()).default([]),
  });
  const { properties, required } = Properties.parse(schemaOf(schema, {}));
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

const idempotencyKey = { $ref: '#/components/parameters/IdempotencyKey' };

function requestBodyOf(contract: Contract, found: Schema): Schema | undefined {
  if (contract.takes)
    return { required: true, content: { [contract.takes]: { schema: { type: 'string' } } } };
  if (!contract.body) return undefined;
  const content = {
    schema: schemaOf(contract.body, found),
    ...(contract.example === undefined ? {} : { example: contract.example }),
  };
  return { required: true, content: { 'application/json': content } };
}

const limitHeaders = [
  'RateLimit-Policy',
  'RateLimit',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
];

function successOf(contract: Contract, found: Schema): Schema {
  const headers = Object.fromEntries(
    limitHeaders.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
  const description = contract.status === 204 ? 'Done; no body' : 'Done';
  if (contract.gives)
    return { description, headers, content: { [contract.gives]: { schema: { type: 'string' } } } };
  if (!contract.answer) return { description, headers };
  const schema = schemaOf(contract.answer, found);
  return { description, headers, content: { 'application/json': { schema } } };
}

const problem = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
});

/** What besides success a route may answer: status and meaning. */
export function problemsOf(contract: Contract, method: string): [status: number, meaning: string][] {
  const creates = method === 'POST';
  const conflict = [
    ...(contract.conflict ? [contract.conflict] : []),
    ...(creates ? ['the Idempotency-Key belongs to another request, or to one that is being worked on'] : []),
  ].join('; ');
  return [
    [400, 'The input is invalid; "details" has a sentence for each field'],
    [401, 'No API key, or one that is not valid any more'],
    [403, 'The key may not do this'],
    ...(contract.params || contract.query || contract.body
      ? [[404, 'It does not exist, or the key has no access to it'] as [number, string]]
      : []),
    ...(conflict ? [[409, `Conflict: ${conflict}`] as [number, string]] : []),
    ...(contract.body || contract.takes ? [[413, 'The body is too large'] as [number, string]] : []),
    [429, 'Too many calls with this key; "Retry-After" says how long to wait'],
    [503, 'Something went wrong on our side'],
  ];
}

function operationOf(path: string, method: string, contract: Contract, found: Schema): Schema {
  const body = requestBodyOf(contract, found);
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[/{}]+(\w?)/g, (_, first: string) => first.toUpperCase())}`,
    tags: [contract.tag],
    summary: contract.summary,
    ...(contract.description ? { description: contract.description } : {}),
    parameters: [
      ...parametersOf('path', contract.params),
      ...parametersOf('query', contract.query),
      ...(method === 'POST' ? [idempotencyKey] : []),
    ],
    ...(body ? { requestBody: body } : {}),
    responses: {
      [contract.status]: successOf(contract, found),
      ...Object.fromEntries(
        problemsOf(contract, method).map(([status, meaning]) => [status, problem(meaning)]),
      ),
    },
  };
}

/** The document that `/api/v1/openapi.json` answers. */
export function describeApi(routes: ApiRoutes, server: string) {
  const schemas: Schema = {};
  schemaOf(ErrorAnswer, schemas);
  const paths = Object.fromEntries(
    Object.entries(routes).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, { contract }]) => [
          method.toLowerCase(),
          operationOf(path, method, contract, schemas),
        ]),
      ),
    ]),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Posthaste',
      version: '1',
      description: 'Contacts, lists and campaigns, with the same rights as in the web app.',
    },
    servers: [{ url: server }],
    security: [{ key: [] }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key of the workspace.' },
      },
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description:
            'Any text of yours, new for each request that you mean to make. The same again within 24 hours gets the first answer, and does nothing.',
          schema: { type: 'string', minLength: 1, maxLength: 200 },
        },
      },
      headers: {
        'RateLimit-Policy': header('How many calls (q) in how many seconds (w).'),
        RateLimit: header('How many are left (r), and the seconds until all are again (t).'),
        'RateLimit-Limit': header('How many calls in a minute.'),
        'RateLimit-Remaining': header('How many of them are left.'),
        'RateLimit-Reset': header('The seconds until all are again.'),
      },
      schemas,
    },
  };
}

const header = (description: string) => ({ description, schema: { type: 'string' } });
