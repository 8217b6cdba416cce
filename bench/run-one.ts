import type { Measurement } from './measurement';

/** Runs the benchmark that is named and prints its measurements as JSON, the only thing on standard output. */
const name = process.argv[2];
const { run }: { run: () => Promise<Measurement[]> } = await import(`./${name}.ts`);
const measurements = await run();
process.stdout.write(JSON.stringify(measurements), () => process.exit(0));
