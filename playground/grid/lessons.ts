import type { Lesson } from '../lesson.ts';

/** The grid's lessons. */
export const lessons: readonly Lesson[] = [
  {
    id: 'herd',
    title: 'A herd from stale views',
    fragment: 'grid;lesson,herd;policy,original;mix,small;poll,5000;at,11',
    story:
      'The original system sends every request to the substation with the lowest load at the last poll, and polls every 5 s. Until the next poll, the whole herd goes to one substation. It is soon full and refuses, while the others stand empty.',
    tries: [
      'Step on from here: the vertical line, what the balancer believes, stays where it is until the next poll.',
      'Shorten the poll interval: the herd gets smaller, but it does not go away.',
      'Choose least-load: at the same interval it accepts nearly half as much again. Why?',
    ],
  },
  {
    id: 'own-messages',
    title: 'Count what you have sent',
    fragment: 'grid;lesson,own-messages;policy,least-load;mix,small;poll,5000;at,4',
    story:
      'The balancer adds to the last poll what it has sent since, and every response brings a fresh load. So its view is right without waiting for a poll, and no herd forms.',
    tries: [
      'Step through: the vertical line moves with every decision.',
      'Slide the poll interval from 0.1 s to 10 s: the share of the bound hardly changes.',
      'Compare with original in the table: only the view differs that much, hardly the policy.',
    ],
  },
  {
    id: 'best-fit',
    title: 'Best fit keeps room for large cars',
    fragment: 'grid;lesson,best-fit;kw,100,100,100,100;policy,best-fit;mix,all;poll,1000;at,12',
    story:
      'Some cars want 7 kW, some 75 kW. Best fit puts a request where the least room remains, so that large gaps stay large. Spreading the load evenly leaves a little room everywhere, and large cars fit nowhere.',
    tries: [
      'Step on: best fit fills one substation before it begins the next.',
      'Choose least-load: the deep grey columns, large cars that are rejected, become more.',
      'Draw other traffic a few times, then choose the mix of small cars only: best fit no longer helps.',
    ],
  },
];
