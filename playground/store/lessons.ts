import type { Lesson } from '../lesson.ts';

/** The store's lessons. All but the first begin before their first step, so that a class can guess each one. */
export const lessons: readonly Lesson[] = [
  {
    id: 'happened-before',
    title: 'Happened before',
    fragment:
      'store;lesson,happened-before;put,1,ask,why;deliver,1,2,1;put,2,reply,so;put,3,note,hi;deliver,1,3,1;deliver,2,3,1;all',
    story:
      'node2 had read ask when it wrote reply, so ask happened before reply. node3 knew of neither when it wrote note: note is concurrent to both. Vector clocks say exactly this. One write happened before another if none of its counters is larger.',
    tries: [
      'Click the blue square of reply: its causes light up, and what is concurrent to it fades.',
      'Compare the clocks: [1 0 0] is below [1 1 0], but neither [1 1 0] nor [0 0 1] is below the other.',
      'Press « First, then step through and guess every clock before it appears.',
    ],
  },
  {
    id: 'buffered-write',
    title: 'A write waits',
    fragment:
      'store;lesson,buffered-write;at,0;put,1,ask,why;deliver,1,2,1;hold,1,3;put,2,reply,so;deliver,2,3,1;release,1,3;deliver,1,3,1',
    story:
      'The reply reaches node3 before the question does. node3 sees in its clock that a write of node1 is missing, so it keeps the reply in its buffer. When the question arrives, it delivers both, in the right order.',
    tries: [
      'Press Next › and say before each step what node3 will do.',
      'At step 5, read the condition beside the ring: which counter is missing?',
      'At step 5, write something else at node2 and deliver it to node3: it waits too.',
    ],
  },
  {
    id: 'siblings',
    title: 'Concurrent siblings',
    fragment: 'store;lesson,siblings;at,0;put,1,x,red;put,2,x,blue;all;put,3,x,both;all',
    story:
      'Two nodes write x, and neither knows of the other’s write. No clock can say which came last, so every node keeps both: siblings. All nodes show the same winner, whatever arrives first. A write that has seen both replaces both.',
    tries: [
      'Step until both have arrived everywhere: which value wins, and do all nodes agree?',
      'Step back, deliver blue to node3 before red, and compare.',
      'Before the last step, write x at node1 instead: are the siblings gone there too?',
    ],
  },
  {
    id: 'partition',
    title: 'Partition and heal',
    fragment:
      'store;lesson,partition;at,0;put,1,x,before;all;cut,1,3;cut,2,3;put,1,x,left;put,3,x,right;all;heal,1,3;heal,2,3;all',
    story:
      'node3 is cut off from both others. Both sides go on serving reads and writes, so they drift apart: that is the price of being available. After healing, each node sends again what the other lacks, and all agree.',
    tries: [
      'Step to 7 and compare what clients read on both sides.',
      'Heal one link only: node3 already catches up, because a link sends again all it has lost.',
      'During the cut, write another key on each side: after healing, nothing is lost.',
    ],
  },
  {
    id: 'naive-rule',
    title: 'Naive rule convicted',
    fragment:
      'store;lesson,naive-rule;naive;at,0;put,1,ask,why;deliver,1,2,1;put,2,reply,so;deliver,2,3,1;deliver,1,3,1;deliver,2,1,1',
    story:
      'Under the naive rule, nodes deliver every write on arrival. Both rules get the same messages. A client of each node reads all keys after every delivery, and a checker judges what it saw: it finds reads that no causally consistent store can answer.',
    tries: [
      'At step 4, node3 knows the reply but not the question: which read convicts the naive rule?',
      'Go on to the end: all nodes agree then, but the read has been answered.',
      'Clear, and find another order of deliveries that convicts it; overwrite a key to see another pattern.',
    ],
  },
  {
    id: 'loss',
    title: 'Loss and duplicates',
    fragment:
      'store;lesson,loss;at,0;put,1,x,1;duplicate,1,2,1;deliver,1,2,1;deliver,1,2,1;drop,1,3,1;put,1,x,2;deliver,1,3,1;resend,1,3;deliver,1,3,1',
    story:
      'Networks lose, repeat and reorder messages. A node recognizes a repeated write by its number and ignores it. If one was lost, the next write of that node waits until it has been sent again.',
    tries: [
      'At step 4, the duplicate arrives: the dashed arrow changes nothing.',
      'At step 7, why does x=2 wait at node3?',
      'Drop the message that is sent again, too. What does node3 read until it arrives?',
    ],
  },
];
