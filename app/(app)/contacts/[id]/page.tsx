import { Box, Text, Title } from '@mantine/core';
import { ContactDetails } from '@/components/contact-details';
import { ContactHistory } from '@/components/contact-history';
import { ContactLists } from '@/components/contact-lists';
import { contactName, contactTitle } from '@/components/contact-words';
import { PageHeader } from '@/components/page-header';
import { Pager } from '@/components/pager';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { may, mayChangeList } from '@/lib/auth/policy';
import { showCode } from '@/lib/codes/code';
import { formatPhone } from '@/lib/contacts/address';
import { attributeEntries } from '@/lib/contacts/attributes';
import { contactHistory } from '@/lib/contacts/contact-history';
import { findContact } from '@/lib/contacts/find-contact';
import { notFound } from '@/lib/errors';
import { ContactId } from '@/lib/ids';
import { ConsentButton } from './consent-button';
import classes from './contact.module.css';
import { EditContact } from './edit-contact';

export const metadata = { title: 'Contact' };

export default authorizedPage('contacts:read', async (scope, { params, search, member }) => {
  const id = ContactId.safeParse(params.id);
  const contact = valueOrNotFound(id.success ? await findContact(scope, id.data) : notFound('contact'));
  const cursor = typeof search.cursor === 'string' ? search.cursor : undefined;
  const history = await contactHistory(scope, contact.id, cursor);
  const { timeZone } = member.workspace;
  const attributes = attributeEntries(contact.attributes);
  const canChange =
    may(scope, 'contacts:write') &&
    (scope.lists === 'all' || contact.lists.some((list) => mayChangeList(scope, list.id)));
  const initial = {
    email: contact.email ?? '',
    phone: contact.phone ? formatPhone(contact.phone) : '',
    firstName: contact.firstName,
    lastName: contact.lastName,
    timeZone: contact.timeZone ?? '',
    emailSubscribed: contact.emailSubscribed,
    smsSubscribed: contact.smsSubscribed,
    tracking: contact.tracking,
    attributes,
    listIds: [],
  };
  return (
    <>
      <PageHeader
        title={contactTitle(contact)}
        description={contactName(contact) ? contact.email : undefined}
        back={{ href: '/contacts', label: 'Contacts' }}
        actions={
          canChange && (
            <>
              {contact.email && (
                <ConsentButton
                  id={contact.id}
                  name={contactTitle(contact)}
                  subscribed={contact.emailSubscribed}
                />
              )}
              <EditContact id={contact.id} initial={initial} />
            </>
          )
        }
      />
      <Box className={classes.columns}>
        <Box component="section" aria-labelledby="history">
          <Title order={2} id="history" mb="md">
            History
          </Title>
          <ContactHistory
            entries={history.rows}
            timeZone={timeZone}
            createdAt={contact.createdAt}
            isEnd={history.next === null}
          />
          <Box mt="md">
            <Pager page={history} />
          </Box>
        </Box>
        <Box>
          <ContactDetails
            contact={{ ...contact, phone: initial.phone }}
            code={{ href: `/codes/${contact.code}`, letters: showCode(contact.code) }}
            attributes={attributes}
            timeZone={timeZone}
          />
          <Box component="section" aria-labelledby="lists" mt="xl">
            <Title order={2} id="lists" mb="sm">
              Lists
            </Title>
            {contact.lists.length > 0 ? (
              <ContactLists lists={contact.lists} timeZone={timeZone} />
            ) : (
              <Text fz="sm" c="dimmed">
                On no list. Campaigns go to lists, so this contact gets none.
              </Text>
            )}
          </Box>
        </Box>
      </Box>
    </>
  );
});
