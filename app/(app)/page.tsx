import { PageHeader } from '@/components/page-header';
import { authorizedPage } from '@/lib/action';

export default authorizedPage('campaigns:read', async (_scope, { member }) => (
  <PageHeader title={`Hello, ${member.session.user.name.split(' ')[0]}`} />
));
