import type { CampaignContent } from '../db/schema/campaigns';

const body = `# A new roast for slow mornings

Hello {{ first_name | default: "there" }},

the first bags of **Harbour**, our autumn roast, left the drum on Monday. Expect plum, brown sugar and a long, quiet finish. It likes a filter, and forgives a hurried espresso.

[Taste it first](https://www.example.com/harbour)

## What is new at the roastery

- **Whole beans in paper.** All our bags can go into the paper bin now, valve and all.
- **A tasting on Saturdays.** Every week at eleven, free, with more cake than is sensible.
- **Your {{ plan | default: "Single" }} plan** can be paused for a holiday, in two clicks.

{% if favourite_roast %}Last time you told us that you like *{{ favourite_roast }}* best. Harbour is its neighbour: a little darker, a little rounder.{% endif %}

{% if city %}Greetings to {{ city }},{% else %}Greetings,{% endif %}
the people at {{ company_name }}

---

You get this because you asked for news when you ordered. Once a month, never more.
`;

/** A newsletter of a coffee roaster that shows merge tags, defaults, a condition, a link and a list. */
export const sampleCampaign = {
  name: 'Autumn roast (sample)',
  subject: '{{ first_name | default: "Hello" }}, the autumn roast is here',
  preheader: 'Plum, brown sugar and a long, quiet finish. And Saturdays have cake.',
  content: { format: 'markdown', body } satisfies CampaignContent,
};
