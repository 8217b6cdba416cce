// As in ./campaign-layout.tsx: not before it is needed.
const { Body, Button, Container, Head, Heading, Html, Link, Section, Text } = await import('react-email');

const font = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const css = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.ph-ground{background-color:#131417!important}
.ph-paper{background-color:#1c1e22!important}
.ph-paper h1,.ph-paper p{color:#e7e8ea!important}
.ph-paper a:not(.ph-button){color:#a5b0ff!important}
}`;

export type ProductMailWords = {
  title: string;
  paragraphs: string[];
  /** What the reader is asked to do; the address stands below the button too, for whoever cannot press it. */
  action?: { label: string; url: string };
};

/** What Posthaste itself writes to the people who use it: invitations, resets, alerts. */
export function ProductMail({ title, paragraphs, action }: ProductMailWords) {
  const words = { fontFamily: font, fontSize: '16px', lineHeight: '26px', color: '#1f2329' };
  return (
    <Html lang="en">
      <Head>
        <title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <style>{css}</style>
      </Head>
      <Body className="ph-ground" style={{ margin: 0, padding: '32px 12px', backgroundColor: '#f4f5f7' }}>
        <Container style={{ width: '100%', maxWidth: '520px', margin: '0 auto' }}>
          <Section
            className="ph-paper"
            style={{ backgroundColor: '#ffffff', borderRadius: '12px', padding: '36px 32px' }}
          >
            <Heading style={{ ...words, fontSize: '22px', lineHeight: '30px', margin: '0 0 16px' }}>
              {title}
            </Heading>
            {paragraphs.map((paragraph) => (
              <Text key={paragraph} style={{ ...words, margin: '0 0 16px' }}>
                {paragraph}
              </Text>
            ))}
            {action && (
              <>
                <Button
                  className="ph-button"
                  href={action.url}
                  style={{
                    ...{ backgroundColor: '#4353d6', color: '#ffffff', borderRadius: '8px' },
                    ...{ fontFamily: font, fontSize: '16px', fontWeight: 600, padding: '12px 22px' },
                  }}
                >
                  {action.label}
                </Button>
                <Text style={{ ...words, fontSize: '13px', lineHeight: '20px', margin: '20px 0 0' }}>
                  If the button does not work, open <Link href={action.url}>{action.url}</Link>
                </Text>
              </>
            )}
          </Section>
        </Container>
      </Body>
    </Html>
  );
}
