import { PageHeader } from '@/components/page-header';
import { authorizedPage } from '@/lib/action';
import { FindCode } from './find-code';

export const metadata = { title: 'Codes' };

export default authorizedPage('contacts:read', async () => (
  <>
    <PageHeader
      title="Codes"
      description="Every contact has a personal code. Scan it with the camera of any phone that is signed in here, or type it."
    />
    <FindCode />
  </>
));
