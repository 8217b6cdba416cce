// Its Tailwind and highlighter come along and take 30 MB: only a process that lays something out shall have them.
const { Body, Container, Head, Html, Link, Section, Text } = await import('react-email');

export type CompanyDetails = { name: string; postalAddress: string };

type FooterProps = {
  company: CompanyDetails;
  /** Null where the author has placed a link of their own. */
  unsubscribeHref: string | null;
};

const font = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const small = { fontFamily: font, fontSize: '13px', lineHeight: '20px', color: '#5c6370', margin: '0 0 4px' };

/** Phones get the whole width; dark clients get dark paper. Classes, because a style attribute has no media queries. */
const css = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
img{max-width:100%;height:auto}
.ph-paper h2:first-child,.ph-paper h3:first-child{margin-top:0!important}
@media (max-width:640px){.ph-page>tbody>tr>td{padding:0!important}.ph-paper{border-radius:0!important}.ph-paper>tbody>tr>td{padding:28px 20px!important}}
@media (prefers-color-scheme:dark){
.ph-ground,.ph-page{background-color:#131417!important}
.ph-paper{background-color:#1c1e22!important;color:#e7e8ea!important}
.ph-paper p,.ph-paper li,.ph-paper h1,.ph-paper h2,.ph-paper h3,.ph-paper h4,.ph-paper td,.ph-paper th{color:#e7e8ea!important}
.ph-paper a:not(.ph-button){color:#a5b0ff!important}
.ph-paper code,.ph-paper pre{background-color:#2a2d33!important;color:#e7e8ea!important}
.ph-paper blockquote{border-color:#454a54!important}
.ph-paper hr{border-color:#383c44!important}
.ph-footer p,.ph-footer a{color:#a4a9b3!important}
}`;

/** Who sends this and how to hear no more of them: under every campaign. */
export function CampaignFooter({ company, unsubscribeHref }: FooterProps) {
  return (
    <Container style={{ width: '100%', maxWidth: '600px', margin: '0 auto' }}>
      <Section className="ph-footer" style={{ padding: '24px 32px 40px', textAlign: 'center' }}>
        <Text style={{ ...small, fontWeight: 600 }}>{company.name}</Text>
        {company.postalAddress.split(/\r?\n/).map((line) => (
          <Text key={line} style={{ ...small, margin: 0 }}>
            {line}
          </Text>
        ))}
        {unsubscribeHref !== null && (
          <Text style={{ ...small, marginTop: '12px' }}>
            <Link href={unsubscribeHref} style={{ color: '#5c6370', textDecoration: 'underline' }}>
              Unsubscribe
            </Link>
          </Text>
        )}
      </Section>
    </Container>
  );
}

/** Inboxes fill the rest of their line with the message's first words, unless invisible ones come first. */
const filler = '\u200c\u00a0'.repeat(90);
const hidden = {
  display: 'none',
  overflow: 'hidden',
  maxHeight: 0,
  maxWidth: 0,
  opacity: 0,
  lineHeight: '1px',
};

/** The line that inboxes show beside the subject; nobody sees it in the message. */
export function Preheader({ text }: { text: string }) {
  if (text === '') return null;
  return (
    <div style={hidden} data-skip-in-text="true">
      {text}
      {filler}
    </div>
  );
}

type LayoutProps = FooterProps & { title: string; preheader: string; body: string };

/** One calm sheet of 600 px with the author's words on it. `body` is a word that is replaced by HTML afterwards. */
export function CampaignLayout({ title, preheader, body, ...footer }: LayoutProps) {
  return (
    <Html lang="en">
      <Head>
        <title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <style>{css}</style>
      </Head>
      <Body className="ph-ground" style={{ margin: 0, padding: 0, backgroundColor: '#f4f5f7' }}>
        <Preheader text={preheader} />
        <Section className="ph-page" style={{ backgroundColor: '#f4f5f7', padding: '32px 12px 0' }}>
          <Container style={{ width: '100%', maxWidth: '600px', margin: '0 auto' }}>
            <Section
              className="ph-paper"
              style={{
                backgroundColor: '#ffffff',
                borderRadius: '12px',
                padding: '40px 40px 32px',
                fontFamily: font,
                fontSize: '16px',
                lineHeight: '26px',
                color: '#1f2329',
              }}
            >
              {body}
            </Section>
          </Container>
          <CampaignFooter {...footer} />
        </Section>
      </Body>
    </Html>
  );
}
