import { nothingHere } from '@/lib/api/route';

/** Open to everybody: says in JSON that there is nothing, where a page would say so to people. */
export const GET = (): Response => nothingHere();
export const POST = GET;
export const PUT = GET;
export const PATCH = GET;
export const DELETE = GET;
