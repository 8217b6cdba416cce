/** First name | last name | city | country | time zone | plan. Nobody real; addresses are made of the names. */
const people = `
Amelia|Clarke|Bristol|GB|Europe/London|Family
Noah|Bennett|Leeds|GB|Europe/London|Single
Oliver|Hughes|Cardiff|GB|Europe/London|Office
Isla|Murray|Edinburgh|GB|Europe/London|Single
Saoirse|Byrne|Dublin|IE|Europe/Dublin|Family
Liam|Walsh|Cork|IE|Europe/Dublin|Single
Emma|Johnson|Portland|US|America/Los_Angeles|Family
James|Carter|Austin|US|America/Chicago|Office
Sophia|Ramirez|San Diego|US|America/Los_Angeles|Single
Ethan|Brooks|Chicago|US|America/Chicago|Family
Ava|Mitchell|Boston|US|America/New_York|Office
Mason|Nguyen|Seattle|US|America/Los_Angeles|Single
Chloé|Tremblay|Montréal|CA|America/Toronto|Family
Lucas|MacDonald|Halifax|CA|America/Halifax|Single
Jürgen|Müller|Berlin|DE|Europe/Berlin|Office
Anna|Schneider|Hamburg|DE|Europe/Berlin|Family
Leonie|Groß|Leipzig|DE|Europe/Berlin|Single
Maximilian|Huber|Wien|AT|Europe/Vienna|Family
Noemi|Keller|Zürich|CH|Europe/Zurich|Office
Camille|Lefèvre|Lyon|FR|Europe/Paris|Single
Théo|Moreau|Nantes|FR|Europe/Paris|Family
Inès|Dubois|Paris|FR|Europe/Paris|Office
Sofía|García|Madrid|ES|Europe/Madrid|Family
Pau|Ferrer|València|ES|Europe/Madrid|Single
Matilde|Sousa|Porto|PT|Europe/Lisbon|Single
Giulia|Rossi|Bologna|IT|Europe/Rome|Family
Lorenzo|Bianchi|Torino|IT|Europe/Rome|Office
Sanne|de Vries|Utrecht|NL|Europe/Amsterdam|Single
Daan|Jansen|Rotterdam|NL|Europe/Amsterdam|Family
Elise|Peeters|Gent|BE|Europe/Brussels|Single
Freja|Sørensen|Aarhus|DK|Europe/Copenhagen|Family
Astrid|Lindqvist|Göteborg|SE|Europe/Stockholm|Office
Oskar|Åkesson|Malmö|SE|Europe/Stockholm|Single
Ingrid|Halvorsen|Bergen|NO|Europe/Oslo|Family
Aino|Virtanen|Helsinki|FI|Europe/Helsinki|Single
Zofia|Wiśniewska|Kraków|PL|Europe/Warsaw|Family
Jakub|Łukaszewicz|Gdańsk|PL|Europe/Warsaw|Office
Tereza|Dvořáková|Praha|CZ|Europe/Prague|Single
Eszter|Szabó|Budapest|HU|Europe/Budapest|Family
Ioana|Popescu|Cluj-Napoca|RO|Europe/Bucharest|Single
Elena|Papadopoulou|Thessaloniki|GR|Europe/Athens|Family
Deniz|Yılmaz|İzmir|TR|Europe/Istanbul|Office
Yael|Cohen|Haifa|IL|Asia/Jerusalem|Single
Omar|Haddad|Amman|JO|Asia/Amman|Family
Fatima|El Amrani|Rabat|MA|Africa/Casablanca|Single
Chinonso|Okafor|Lagos|NG|Africa/Lagos|Office
Wanjiru|Kamau|Nairobi|KE|Africa/Nairobi|Family
Thandiwe|Dlamini|Durban|ZA|Africa/Johannesburg|Single
Priya|Sharma|Pune|IN|Asia/Kolkata|Family
Arjun|Nair|Kochi|IN|Asia/Kolkata|Office
Yuki|Tanaka|Osaka|JP|Asia/Tokyo|Single
Haruto|Sato|Sapporo|JP|Asia/Tokyo|Family
Ji-woo|Kim|Busan|KR|Asia/Seoul|Single
Mei|Lin|Taipei|TW|Asia/Taipei|Office
Minh|Trần|Da Nang|VN|Asia/Ho_Chi_Minh|Family
Siti|Rahman|Penang|MY|Asia/Kuala_Lumpur|Single
Charlotte|Wilson|Melbourne|AU|Australia/Melbourne|Family
Aroha|Ngata|Wellington|NZ|Pacific/Auckland|Single
Valentina|Rojas|Bogotá|CO|America/Bogota|Office
Thiago|Almeida|Recife|BR|America/Recife|Family
`;

/** Addresses whose fate the sandbox plays (lib/providers/sandbox-fates.ts), named so that one sees it coming. */
const magic = [
  ['bounce', 'Barney', 'Bounce'],
  ['complaint', 'Connie', 'Complaint'],
  ['flaky', 'Fay', 'Flaky'],
  ['refused', 'Rex', 'Refused'],
  ['unconfirmed', 'Una', 'Unconfirmed'],
  ['clicks', 'Cleo', 'Clicks'],
] as const;

export type SamplePerson = {
  email: string;
  firstName: string;
  lastName: string;
  country: string | null;
  timeZone: string | null;
  emailSubscribed: boolean;
  attributes: Record<string, unknown>;
};

const domains = ['example.com', 'example.org', 'example.net'];
const roasts = ['Morning Light', 'Harbour', 'Night Train', 'Decaf Garden'];

/** Sixty people of many countries, some of whom unsubscribed, and the sandbox's magic addresses. */
export function samplePeople(): SamplePerson[] {
  const ordinary = people
    .trim()
    .split('\n')
    .map((line, index): SamplePerson => {
      const [firstName = '', lastName = '', city, country = null, timeZone = null, plan] = line.split('|');
      return {
        email: `${ascii(firstName)}.${ascii(lastName)}@${domains[index % domains.length]}`,
        firstName,
        lastName,
        country,
        timeZone,
        emailSubscribed: index % 11 !== 7,
        attributes: {
          city,
          plan,
          favourite_roast: roasts[(index * 7) % roasts.length],
          orders: 1 + ((index * 5) % 23),
        },
      };
    });
  const fated = magic.map(
    ([local, firstName, lastName]): SamplePerson => ({
      email: `${local}@example.com`,
      firstName,
      lastName,
      country: null,
      timeZone: null,
      emailSubscribed: true,
      attributes: { city: 'Sandbox', plan: 'Single', favourite_roast: roasts[0], orders: 1 },
    }),
  );
  return [...ordinary, ...fated];
}

function ascii(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/ß/g, 'ss')
    .replace(/ø/gi, 'o')
    .replace(/ł/gi, 'l')
    .replace(/ı/g, 'i')
    .toLowerCase()
    .replace(/[^a-z-]/g, '');
}
