import { Anchor, Box, Group, Stack, Text, Title } from '@mantine/core';
import type { ApiCall, Field, ApiReference as Reference } from '@/lib/api/reference';
import classes from './api-reference.module.css';

/** The calls of the API, each with what it takes, answers and refuses, and a sample to copy. */
export function ApiReference({ sections, shapes }: Reference) {
  return (
    <>
      {sections.map(({ tag, calls }) => (
        <Box component="section" key={tag} mt={48} aria-labelledby={idOf(tag)}>
          <Title order={2} id={idOf(tag)} mb="sm">
            {tag}
          </Title>
          {calls.map((call) => (
            <Call key={call.id} {...call} />
          ))}
        </Box>
      ))}
      <Box component="section" mt={48} aria-labelledby="shapes">
        <Title order={2} id="shapes" mb="sm">
          What is answered
        </Title>
        {shapes.map(({ name, fields }) => (
          <Box key={name} component="section" className={classes.call} id={idOf(name)}>
            <Title order={3} mb="xs">
              {name}
            </Title>
            <Fields of={fields} />
          </Box>
        ))}
      </Box>
    </>
  );
}

export function ApiReferenceNav({ sections }: Pick<Reference, 'sections'>) {
  return (
    <nav className={classes.nav} aria-label="Calls">
      <Stack gap="md">
        {sections.map(({ tag, calls }) => (
          <div key={tag}>
            <Text fw={600} fz="sm" mb={4}>
              {tag}
            </Text>
            <ul>
              {calls.map(({ id, summary }) => (
                <li key={id}>
                  <Anchor href={`#${id}`} fz="sm" c="dimmed">
                    {summary}
                  </Anchor>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </Stack>
    </nav>
  );
}

export const apiReferencePage = classes.page;

const idOf = (name: string) => `of-${name.toLowerCase()}`;

function Call({
  id,
  method,
  path,
  summary,
  description,
  roles,
  query,
  body,
  sample,
  answer,
  problems,
}: ApiCall) {
  return (
    <Box component="article" className={classes.call} id={id}>
      <Title order={3}>{summary}</Title>
      <Group gap="xs" mt={4} mb="sm">
        <Text component="code" className={classes.name} fw={650}>
          {method}
        </Text>
        <Text component="code" className={classes.name}>
          /api/v1{path}
        </Text>
      </Group>
      <Stack gap="sm">
        {description !== '' && <Text fz="sm">{description}</Text>}
        <ApiCode>{sample}</ApiCode>
        <Part title="In the address" fields={query} />
        <Part title="In the body" fields={body} />
        <Text fz="sm">
          Answers <strong>{answer.status}</strong> with <AnswerType type={answer.type} />. For keys of the
          roles {roles.join(', ')}.
        </Text>
        <details>
          <Text component="summary" fz="sm" c="dimmed" style={{ cursor: 'pointer' }}>
            What it refuses
          </Text>
          <ul className={classes.problems}>
            {problems.map(({ status, meaning }) => (
              <li key={status}>
                <span className={classes.name}>{status}</span> {meaning}
              </li>
            ))}
          </ul>
        </details>
      </Stack>
    </Box>
  );
}

/** A shape that has a name leads to where it is described. */
function AnswerType({ type }: { type: string }) {
  if (!/^[A-Z]\w+$/.test(type)) return <span className={classes.name}>{type}</span>;
  return (
    <Anchor href={`#${idOf(type)}`} fz="sm" underline="always">
      {type}
    </Anchor>
  );
}

function Part({ title, fields }: { title: string; fields: Field[] }) {
  if (fields.length === 0) return null;
  return (
    <div>
      <Text fw={600} fz="sm" mb={2}>
        {title}
      </Text>
      <Fields of={fields} />
    </div>
  );
}

function Fields({ of }: { of: Field[] }) {
  return (
    <ul className={classes.fields}>
      {of.map(({ name, type, required, description }) => (
        <li key={name}>
          <span className={classes.name}>
            {name}
            {required ? '' : '?'}
          </span>
          <span>
            <Text span fz="sm" c="dimmed">
              {type}
            </Text>
            {description !== '' && <> · {description}</>}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Wraps instead of scrolling: it is to be read on a phone, too. */
export function ApiCode({ children }: { children: string }) {
  return <pre className={classes.code}>{children}</pre>;
}
