/** What each address of the HTTP API takes, as app/api/v1/routes.ts has it; a test holds the two together. */
export const apiMethods: Record<string, string[]> = {
  '/lists': ['GET', 'POST'],
  '/lists/{id}/contacts': ['POST'],
  '/contacts': ['GET', 'POST'],
  '/contacts/{id}': ['DELETE', 'GET', 'PATCH'],
  '/imports': ['POST'],
  '/imports/{id}': ['GET'],
  '/imports/{id}/errors': ['GET'],
  '/campaigns': ['GET', 'POST'],
  '/campaigns/{id}': ['DELETE', 'GET', 'PATCH'],
  '/campaigns/{id}/send': ['POST'],
  '/campaigns/{id}/test': ['POST'],
  '/campaigns/{id}/pause': ['POST'],
  '/campaigns/{id}/resume': ['POST'],
  '/campaigns/{id}/cancel': ['POST'],
  '/campaigns/{id}/stats': ['GET'],
  '/campaigns/{id}/deliveries': ['GET'],
  '/suppressions': ['GET', 'POST'],
  '/suppressions/{id}': ['DELETE'],
  '/openapi.json': ['GET'],
};

const addresses = Object.entries(apiMethods).map(([path, methods]) => ({
  pattern: new RegExp(`^/api/v1${path.replace('.', '\\.').replace('{id}', '[^/]+')}$`),
  methods,
}));

/**
 * What an address of the API takes, when it is asked for something else: in `allow`, and told in `answer` as every other problem
 * is. Next.js would send an empty body. HEAD and OPTIONS it knows by itself.
 */
export function wrongMethod(method: string, url: string): { allow: string; answer: object } | undefined {
  if (method === 'HEAD' || method === 'OPTIONS') return undefined;
  const path = url.split('?', 1)[0] ?? '';
  const methods = addresses.find(({ pattern }) => pattern.test(path))?.methods;
  if (!methods || methods.includes(method)) return undefined;
  const message = `This address takes ${methods.join(', ')}, not ${method}.`;
  return { allow: methods.join(', '), answer: { error: { code: 'invalid', message } } };
}
