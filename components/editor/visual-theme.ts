import { createTheme } from '@react-email/editor/plugins';

/** The look of the campaign layout's paper, so that the editor shows what will be sent. */
export const paperTheme = createTheme({
  body: { backgroundColor: 'transparent', padding: '0px' },
  container: { width: '100%', padding: '0px', color: '#1f2329', backgroundColor: 'transparent' },
  paragraph: { fontSize: '16px', lineHeight: '26px', margin: '0 0 16px', padding: '0' },
  h1: { fontSize: '28px', lineHeight: '36px', margin: '0 0 12px', padding: '0' },
  h2: { fontSize: '22px', lineHeight: '30px', margin: '28px 0 12px', padding: '0' },
  h3: { fontSize: '18px', lineHeight: '26px', margin: '28px 0 12px', padding: '0' },
  link: { color: '#3d48c0', textDecoration: 'underline' },
  button: { backgroundColor: '#4652d3', color: '#ffffff', borderRadius: '8px', padding: '12px 20px' },
  image: { borderRadius: '8px' },
});
